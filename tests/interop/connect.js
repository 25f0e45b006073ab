// SPDX-License-Identifier: Apache-2.0
// One case of Connect's own client for Node against pledged; exits 0 when it passes. The settings are JSON:
// port, ca, known (a member's certificate), stranger (nobody's), protos (a descriptor set), parent, protocol.
//   node connect.js CASE SETTINGS
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const modules = process.env.PLEDGE_TEST_NODE || path.dirname(__filename);
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const { createClient, Code, ConnectError } = load('@connectrpc/connect');
const node = load('@connectrpc/connect-node');
const { createFileRegistry, fromBinary } = load('@bufbuild/protobuf');
const { FileDescriptorSetSchema } = load('@bufbuild/protobuf/wkt');

const [chosen, text] = process.argv.slice(2);
const settings = JSON.parse(text);
const { parent } = settings;
const protos = fs.readFileSync(settings.protos);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, protos));
const SECONDS = 20;
const GREEN = 3; // pledge.v1.Rating
const CREATED = 1; // pledge.v1.ChangeKind
const PROTOCOLS = {
  connect_json: (options) => node.createConnectTransport({ ...options, httpVersion: '2' }),
  connect_binary: (options) => node.createConnectTransport({
    ...options, httpVersion: '2', useBinaryFormat: true,
  }),
  grpc: node.createGrpcTransport,
  grpc_web: (options) => node.createGrpcWebTransport({ ...options, httpVersion: '2' }),
};

function client(service, { who = settings.known, ...options } = {}) {
  const transport = PROTOCOLS[settings.protocol]({
    baseUrl: `https://localhost:${settings.port}`,
    defaultTimeoutMs: SECONDS * 1000,
    nodeOptions: {
      ca: fs.readFileSync(settings.ca),
      ...(who && { key: fs.readFileSync(`${who}.key`), cert: fs.readFileSync(`${who}.pem`) }),
    },
    ...options,
  });
  return createClient(registry.getService(`pledge.v1.${service}`), transport);
}

async function refused(code, promise) {
  const error = await promise.then(() => assert.fail('it was not refused'), ConnectError.from);
  assert.strictEqual(Code[error.code], Code[code], error.message);
  return error;
}

const nextOf = async (stream) => (await stream.next()).value;

const cases = {
  async unary() {
    const { authority } = await client('AuthorityService').getAuthority({ name: parent });
    assert.strictEqual(authority.displayName, 'Derby');
  },
  async error_details() {
    const error = await refused(Code.InvalidArgument, client('AuthorityService').getAuthority({ name: 'derby' }));
    const [bad] = error.findDetails(registry.getMessage('google.rpc.BadRequest'));
    assert.strictEqual(bad.fieldViolations[0].field, 'name');
    assert.match(bad.fieldViolations[0].description, /authorities\/\{authority\}/);
  },
  async refusals() {
    const halton = { name: 'authorities/halton' };
    await refused(Code.PermissionDenied, client('AuthorityService').getAuthority(halton));
    for (const who of [settings.stranger, null]) {
      await refused(Code.Unauthenticated, client('AuthorityService', { who }).getAuthority({ name: parent }));
    }
  },
  async compression() {
    const { compressionGzip: sendCompression } = node;
    const gzip = { sendCompression, compressMinBytes: 0, acceptCompression: [sendCompression] };
    let encoding;
    const onHeader = (headers) => {
      encoding = headers.get(settings.protocol.startsWith('connect') ? 'content-encoding' : 'grpc-encoding');
    };
    const packed = await client('ReturnService', gzip).listReturnChecks({}, { onHeader });
    assert.strictEqual(encoding, 'gzip');
    const plain = await client('ReturnService', { acceptCompression: [] }).listReturnChecks({}, { onHeader });
    assert.strictEqual(encoding, null);
    assert.ok(packed.returnChecks.length > 0);
    assert.deepStrictEqual(packed, plain);
  },
  async a_write() {
    const bodies = client('AuthorityService');
    const bodyId = `b${process.pid}`;
    const { body } = await bodies.createBody({ parent, bodyId, body: { displayName: 'Café ☺ board' } });
    assert.strictEqual(body.name, `${parent}/bodies/${bodyId}`);
    assert.strictEqual((await bodies.getBody({ name: body.name })).body.displayName, 'Café ☺ board');
    await refused(Code.AlreadyExists, bodies.createBody({ parent, bodyId, body: { displayName: 'Twice' } }));
  },
  async watch() {
    const stream = client('WatchService').watch({ parent }, { timeoutMs: SECONDS * 1000 })[Symbol.asyncIterator]();
    const first = await nextOf(stream);
    assert.ok(first.cursor);
    const bodyId = `w${process.pid}`;
    await client('AuthorityService').createBody({ parent, bodyId, body: { displayName: 'A body' } });
    const seen = await nextOf(stream);
    assert.strictEqual(seen.name, `${parent}/bodies/${bodyId}`);
    assert.strictEqual(seen.kind, CREATED);
    assert.ok(seen.changeTime.seconds > 0n);
  },
  async watch_refused() {
    const stream = client('WatchService').watch({ parent, cursor: 'x' })[Symbol.asyncIterator]();
    const error = await refused(Code.InvalidArgument, stream.next());
    const [bad] = error.findDetails(registry.getMessage('google.rpc.BadRequest'));
    assert.strictEqual(bad.fieldViolations[0].field, 'cursor');
  },
  async stream_of_requests() {
    const lines = (count) => (async function* rows() {
      for (let i = 1; i <= count; i += 1) {
        yield {
          parent: `${parent}/rounds/now`, owner: `${parent}/departments/housing`, validateOnly: true,
          progress: { commitmentId: `h${i}`, rating: GREEN, narrative: 'Done.' },
        };
      }
    }());
    const { returnCount, lineCount } = await client('ReturnService').importReturns(lines(2));
    assert.deepStrictEqual([returnCount, lineCount], [1, 2]);
    const error = await refused(Code.InvalidArgument, client('ReturnService').importReturns(lines(3)));
    const [bad] = error.findDetails(registry.getMessage('google.rpc.BadRequest'));
    assert.match(bad.fieldViolations[0].field, /^requests\[2\]/);
  },
  async timeout() {
    const stream = client('WatchService').watch({ parent }, { timeoutMs: 1000 })[Symbol.asyncIterator]();
    assert.ok((await nextOf(stream)).cursor);
    await refused(Code.DeadlineExceeded, stream.next());
  },
  async cancellation() {
    const stop = new AbortController();
    const watching = client('WatchService');
    const stream = watching.watch({ parent }, { signal: stop.signal })[Symbol.asyncIterator]();
    await nextOf(stream);
    stop.abort();
    await refused(Code.Canceled, stream.next());
    assert.ok((await nextOf(watching.watch({ parent })[Symbol.asyncIterator]())).cursor);
  },
};

cases[chosen]().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
