// SPDX-License-Identifier: Apache-2.0
// A partner agency's program on Node: sends a return that has mistakes, reads all of them, sends the mended one
// under the same request_id, and holds the receipt's hash against what it says was recorded.
//   node partner.js ADDRESS CA.pem CLIENT_PREFIX WRONG_REQUEST.json MENDED_REQUEST.json
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const modules = process.env.PLEDGE_TEST_NODE || path.dirname(__filename);
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const grpc = load('@grpc/grpc-js');
const loader = load('@grpc/proto-loader');
const protobuf = load('protobufjs');

const [address, ca, prefix, wrong, mended] = process.argv.slice(2);
const root = path.join(__dirname, '..', '..', 'proto');
const definition = loader.loadSync(['pledge/v1/return.proto'], {
  includeDirs: [root], keepCase: true, longs: String, enums: String, defaults: true,
});
const { ReturnService } = grpc.loadPackageDefinition(definition).pledge.v1;
const client = new ReturnService(address, grpc.credentials.createSsl(
  fs.readFileSync(ca), fs.readFileSync(`${prefix}.key`), fs.readFileSync(`${prefix}.pem`)));

const rpc = new protobuf.Root();
rpc.resolvePath = (origin, target) => (fs.existsSync(path.join(root, target)) ? path.join(root, target)
  : protobuf.util.path.resolve(origin, target));
rpc.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);

// Every field that breaks a rule, from the details of the status.
function problems(error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const status = rpc.lookupType('google.rpc.Status').decode(bytes);
  const BadRequest = rpc.lookupType('google.rpc.BadRequest');
  return status.details.filter((any) => any.type_url.endsWith('/google.rpc.BadRequest'))
    .flatMap((any) => BadRequest.decode(any.value).fieldViolations)
    .map(({ field, description, reason }) => ({ field, description, reason }));
}

const call = (method, request) => new Promise((resolve, reject) => {
  client[method](request, new grpc.Metadata(), { deadline: new Date(Date.now() + 20000) },
    (error, reply) => (error ? reject(error) : resolve(reply)));
});

async function main() {
  const told = { code: 0, problems: [] };
  try {
    await call('SubmitReturn', JSON.parse(fs.readFileSync(wrong)));
  } catch (error) {
    told.code = error.code;
    told.problems = problems(error);
  }
  const request = JSON.parse(fs.readFileSync(mended));
  const sent = (await call('SubmitReturn', request)).owner_return;
  const again = (await call('SubmitReturn', request)).owner_return;
  const { receipt } = await call('GetReturnReceipt', { name: sent.name });
  const hash = crypto.createHash('sha256').update(receipt.content, 'utf8').digest('hex');
  console.log(JSON.stringify({
    ...told, name: sent.name, submissions: [sent.submission, again.submission], lines: receipt.line_count,
    verified: hash === receipt.content_hash && hash === sent.content_hash,
  }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
}).finally(() => client.close());
