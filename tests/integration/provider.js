// SPDX-License-Identifier: Apache-2.0
// An identity provider for tests: the package oidc-provider over TLS, with the device flow and its
// development pages, where any name signs in as itself. Told by the environment: PORT, KEY and
// CERTIFICATE (files), CLIENT, PACKAGES (the folder that has node_modules), ALGORITHM.
const crypto = require('crypto');
const fs = require('fs');
const https = require('https');
const path = require('path');
const { pathToFileURL } = require('url');

const { PORT, KEY, CERTIFICATE, CLIENT, PACKAGES, ALGORITHM } = process.env;

function key(type, options, members) {
  const { privateKey } = crypto.generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', ...members };
}

const configuration = {
  clients: [{
    client_id: CLIENT,
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    response_types: [],
    redirect_uris: [],
    application_type: 'native',
    id_token_signed_response_alg: ALGORITHM || 'RS256',
  }],
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  jwks: { keys: [key('rsa', { modulusLength: 2048 }, { kid: 'rsa' }),
                 key('ec', { namedCurve: 'P-256' }, { kid: 'ec' })] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
  claims: { openid: ['sub'], profile: ['preferred_username', 'tid'] },
  conformIdTokenClaims: false,
  ttl: { DeviceCode: 600, IdToken: 300, AccessToken: 300, Grant: 600, Interaction: 600, Session: 600 },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: `${id}@Derby.example`, tid: 'derby' }),
  }),
};

async function main() {
  const entry = path.join(PACKAGES, 'node_modules/oidc-provider/lib/index.js');
  const { Provider, default: fallback } = await import(pathToFileURL(entry));
  const provider = new (Provider || fallback)(`https://localhost:${PORT}`, configuration);
  https.createServer({ key: fs.readFileSync(KEY), cert: fs.readFileSync(CERTIFICATE) }, provider.callback())
    .listen(Number(PORT), 'localhost', () => console.log('listening'));
}

main();
