// SPDX-License-Identifier: Apache-2.0

// The peer in grpc-js and pg: health, and one read through row-level security. Settings come from the
// environment; peers/README.md lists them.
'use strict';

const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { Pool } = require('pg');

const setting = process.env;
const SETTINGS = "SELECT set_config('pledge.authority', $1, true),"
  + " set_config('pledge.principal', $2, true), set_config('pledge.role', $3, true),"
  + " set_config('pledge.owner', $4, true), set_config('statement_timeout', $5, true)";
const STATEMENT = fs.readFileSync(setting.PEER_STATEMENT, 'utf8');
const NAME = /^authorities\/([^/]+)\/pledges\/([^/]+)\/versions\/([^/]+)\/statements\/([^/]+)$/;

const options = { keepCase: true, includeDirs: setting.PEER_PROTO.split(':') };
const load = (file) => grpc.loadPackageDefinition(loader.loadSync(file, options));
const { PledgeService } = load('pledge/v1/pledge.proto').pledge.v1;
const { Health } = load('grpc/health/v1/health.proto').grpc.health.v1;

const connections = Number(setting.PEER_CONNECTIONS);
const pool = new Pool({
  connectionString: setting.PEER_DATABASE, max: connections, min: connections, idleTimeoutMillis: 0,
});

// The client queues what is asked of it, so nothing waits for a turn of the loop in between.
async function read(client, authority, pledge, version, statement) {
  const values = [authority, setting.PEER_PRINCIPAL, 'officer', '', '60000'];
  const [, , found] = await Promise.all([
    client.query('BEGIN READ ONLY'),
    client.query({ name: 'settings', text: SETTINGS, values }),
    client.query({ name: 'statement', text: STATEMENT, values: [pledge, version, statement] }),
    client.query('COMMIT'),
  ]);
  return found.rows[0];
}

async function getStatement(call, answer) {
  const part = NAME.exec(call.request.name);
  if (!part) {
    answer({ code: grpc.status.INVALID_ARGUMENT, details: 'not the name of a statement' });
    return;
  }
  try {
    const client = await pool.connect();
    try {
      const statement = await read(client, part[1], part[2], part[3], part[4]);
      answer(statement ? null : { code: grpc.status.NOT_FOUND }, { statement });
    } finally {
      client.release();
    }
  } catch (error) {
    answer({ code: grpc.status.INTERNAL, details: error.message });
  }
}

const server = new grpc.Server();
server.addService(Health.service, { check: (call, answer) => answer(null, { status: 'SERVING' }) });
server.addService(PledgeService.service, { GetStatement: getStatement });
const pair = {
  cert_chain: fs.readFileSync(setting.PEER_CERTIFICATE), private_key: fs.readFileSync(setting.PEER_KEY),
};
const credentials = grpc.ServerCredentials.createSsl(
  fs.readFileSync(setting.PEER_CLIENT_CA), [pair], true);
server.bindAsync(setting.PEER_LISTEN, credentials, (error) => {
  if (error) {
    throw error;
  }
});
