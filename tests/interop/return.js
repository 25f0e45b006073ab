// SPDX-License-Identifier: Apache-2.0
// A partner's program on Node: submits a return with @grpc/grpc-js and prints the answer as JSON.
//   node return.js ADDRESS CA.pem CLIENT_PREFIX submit|monitor REQUEST_JSON
const fs = require('fs');
const path = require('path');
const modules = process.env.PLEDGE_TEST_NODE || path.dirname(__filename);
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const grpc = load('@grpc/grpc-js');
const loader = load('@grpc/proto-loader');

const [address, ca, prefix, what, text] = process.argv.slice(2);
const root = path.join(__dirname, '..', '..', 'proto');
const definition = loader.loadSync(['pledge/v1/return.proto', 'pledge/v1/monitor.proto'], {
  includeDirs: [root], keepCase: true, longs: String, enums: String, defaults: true,
});
const pledge = grpc.loadPackageDefinition(definition).pledge.v1;
const credentials = grpc.credentials.createSsl(
  fs.readFileSync(ca), fs.readFileSync(`${prefix}.key`), fs.readFileSync(`${prefix}.pem`));
const calls = {
  submit: [pledge.ReturnService, 'SubmitReturn'],
  monitor: [pledge.MonitorService, 'GetMonitor'],
};
const [Service, method] = calls[what];
const client = new Service(address, credentials);
const deadline = new Date(Date.now() + 20000);
client[method](JSON.parse(text), new grpc.Metadata(), { deadline }, (error, reply) => {
  console.log(JSON.stringify(error ? { code: error.code, details: error.details } : reply));
  client.close();
});
