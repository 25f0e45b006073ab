// SPDX-License-Identifier: Apache-2.0
// One case of grpc/grpc doc/interop-test-descriptions.md with @grpc/grpc-js; exits 0 when it passes.
//   node cases.js PORT CA.pem CASE
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const modules = process.env.PLEDGE_TEST_NODE || path.dirname(__filename);
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const grpc = load('@grpc/grpc-js');
const loader = load('@grpc/proto-loader');

const PROTOS = '/usr/share/grpc-proto';
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const REPLY_SIZES = [31415, 9, 2653, 58979];
const PARALLEL = 100;
const SOAK = 20;
const SECONDS = 60;
const WRITE_NO_COMPRESS = 2; // gRPC's flag of one message; grpc-js takes it without a name
const SPECIAL = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
const { status } = grpc;

const [port, ca, chosen] = process.argv.slice(2);
const { testing } = grpc.loadPackageDefinition(loader.loadSync('grpc/testing/test.proto', {
  includeDirs: [PROTOS], keepCase: true, longs: String, enums: String, defaults: true,
})).grpc;
const credentials = grpc.credentials.createSsl(fs.readFileSync(ca));
const clients = [];

function connect(Service = testing.TestService, options = {}) {
  const client = new Service(`localhost:${port}`, credentials, options);
  clients.push(client);
  return client;
}

const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
const zeroes = (size) => ({ body: Buffer.alloc(size) });
const ask = (reply, request) => ({ response_parameters: [{ size: reply }], payload: zeroes(request) });
const ends = () => ({ deadline: new Date(Date.now() + SECONDS * 1000) });

// A unary call, or one with a stream of requests; resolves to error or reply, and metadata.
function once(client, method, request, metadata = new grpc.Metadata()) {
  return new Promise((resolve) => {
    const answer = {};
    const done = (error, reply) => Object.assign(answer, { error, reply });
    const call = request === undefined ? client[method](metadata, ends(), done)
      : client[method](request, metadata, ends(), done);
    answer.call = call;
    call.on('metadata', (initial) => { answer.initial = initial; });
    call.on('status', (end) => { answer.trailing = end.metadata; setImmediate(resolve, answer); });
  });
}

// All replies of a call and its status.
function all(call, each = () => {}) {
  return new Promise((resolve) => {
    const answer = { replies: [] };
    call.on('metadata', (initial) => { answer.initial = initial; });
    call.on('data', (reply) => { answer.replies.push(reply); each(reply); });
    call.on('error', (error) => { answer.error = error; });
    call.on('status', (end) => { answer.status = end; setImmediate(resolve, answer); });
  });
}

const large = (more) => ({ response_size: 314159, payload: zeroes(271828), ...more });

function checkLarge({ error, reply }) {
  assert.ifError(error);
  assert.ok(reply.payload.body.equals(Buffer.alloc(314159)));
}

const sizes = ({ replies }) => replies.map((reply) => reply.payload.body.length);

// A stream of requests, each with the flags it is written with; resolves to the answer.
function gather(client, requests) {
  let call;
  const answer = new Promise((resolve) => {
    call = client.StreamingInputCall(new grpc.Metadata(), ends(), (error, reply) => resolve({ error, reply }));
  });
  for (const [message, flags] of requests) {
    call.write(message, flags); // grpc-js takes write flags where streams take an encoding
  }
  call.end();
  return { call, answer };
}

const cases = {
  async empty_unary() {
    const { error, reply } = await once(connect(), 'EmptyCall', {});
    assert.ifError(error);
    assert.deepStrictEqual({ ...reply }, {});
  },
  async large_unary() {
    checkLarge(await once(connect(), 'UnaryCall', large()));
  },
  async client_compressed_unary() {
    const expected = large({ expect_compressed: { value: true } });
    const plain = connect();
    assert.strictEqual((await once(plain, 'UnaryCall', expected)).error.code, status.INVALID_ARGUMENT);
    checkLarge(await once(connect(testing.TestService, gzip), 'UnaryCall', expected));
    checkLarge(await once(plain, 'UnaryCall', large({ expect_compressed: { value: false } })));
  },
  async client_streaming() {
    const { answer } = gather(connect(), REQUEST_SIZES.map((size) => [{ payload: zeroes(size) }]));
    const { error, reply } = await answer;
    assert.ifError(error);
    assert.strictEqual(reply.aggregated_payload_size, REQUEST_SIZES.reduce((a, b) => a + b));
  },
  async client_compressed_streaming() {
    const first = { payload: zeroes(27182), expect_compressed: { value: true } };
    const second = { payload: zeroes(45904), expect_compressed: { value: false } };
    const probe = await gather(connect(), [[first]]).answer;
    assert.strictEqual(probe.error.code, status.INVALID_ARGUMENT);
    const { error, reply } = await gather(connect(testing.TestService, gzip),
      [[first], [second, WRITE_NO_COMPRESS]]).answer;
    assert.ifError(error);
    assert.strictEqual(reply.aggregated_payload_size, 73086);
  },
  async server_streaming() {
    const answer = await all(connect().StreamingOutputCall(
      { response_parameters: REPLY_SIZES.map((size) => ({ size })) }, new grpc.Metadata(), ends()));
    assert.ifError(answer.error);
    assert.deepStrictEqual(sizes(answer), REPLY_SIZES);
  },
  async ping_pong() {
    const call = connect().FullDuplexCall(new grpc.Metadata(), ends());
    let at = 0;
    const next = () => {
      if (at === REPLY_SIZES.length) {
        call.end();
      } else {
        call.write(ask(REPLY_SIZES[at], REQUEST_SIZES[at]));
        at += 1;
      }
    };
    const done = all(call, next);
    next();
    const answer = await done;
    assert.ifError(answer.error);
    assert.deepStrictEqual(sizes(answer), REPLY_SIZES);
  },
  async empty_stream() {
    const call = connect().FullDuplexCall(new grpc.Metadata(), ends());
    call.end();
    const answer = await all(call);
    assert.ifError(answer.error);
    assert.deepStrictEqual(answer.replies, []);
  },
  async timeout_on_sleeping_server() {
    const client = connect();
    await once(client, 'EmptyCall', {}); // connected, so that the server gets to see the call
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: new Date(Date.now() + 1) });
    call.on('error', () => {});
    call.write({ payload: zeroes(27182) });
    assert.strictEqual((await all(call)).status.code, status.DEADLINE_EXCEEDED);
  },
  async cancel_after_begin() {
    const { call, answer } = gather(connect(), []);
    call.cancel();
    assert.strictEqual((await answer).error.code, status.CANCELLED);
  },
  async cancel_after_first_response() {
    const call = connect().FullDuplexCall(new grpc.Metadata(), ends());
    const done = all(call, () => call.cancel());
    call.write(ask(31415, 27182));
    const answer = await done;
    assert.deepStrictEqual(sizes(answer), [31415]);
    assert.strictEqual(answer.status.code, status.CANCELLED);
  },
  async status_code_and_message() {
    const request = { response_status: { code: 2, message: 'test status message' } };
    const call = connect().FullDuplexCall(new grpc.Metadata(), ends());
    const duplex = all(call);
    call.end(request);
    for (const { code, details } of [(await once(connect(), 'UnaryCall', request)).error, (await duplex).status]) {
      assert.deepStrictEqual([code, details], [2, 'test status message']);
    }
  },
  async special_status_message() {
    const { error } = await once(connect(), 'UnaryCall', { response_status: { code: 2, message: SPECIAL } });
    assert.deepStrictEqual([error.code, error.details], [2, SPECIAL]);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
    const unary = await once(connect(), 'UnaryCall', large(), metadata);
    checkLarge(unary);
    const call = connect().FullDuplexCall(metadata, ends());
    call.end(ask(314159, 271828));
    const duplex = await all(call);
    assert.deepStrictEqual(sizes(duplex), [314159]);
    for (const [initial, trailing] of [[unary.initial, unary.trailing], [duplex.initial, duplex.status.metadata]]) {
      assert.deepStrictEqual(initial.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
      assert.deepStrictEqual(trailing.get('x-grpc-test-echo-trailing-bin'), [Buffer.from('ababab', 'hex')]);
    }
  },
  async unimplemented_method() {
    const { error } = await once(connect(), 'UnimplementedCall', {});
    assert.strictEqual(error.code, status.UNIMPLEMENTED);
  },
  async unimplemented_service() {
    const { error } = await once(connect(testing.UnimplementedService), 'UnimplementedCall', {});
    assert.strictEqual(error.code, status.UNIMPLEMENTED);
  },
  async pick_first_unary() {
    const client = connect();
    const names = new Set();
    for (let i = 0; i < SOAK; i += 1) {
      const { error, reply } = await once(client, 'UnaryCall', { fill_server_id: true });
      assert.ifError(error);
      names.add(reply.server_id);
    }
    assert.ok(names.size === 1 && !names.has(''));
  },
  async concurrent_large_unary() {
    const client = connect();
    const calls = Array.from({ length: PARALLEL }, () => once(client, 'UnaryCall', large()));
    (await Promise.all(calls)).forEach(checkLarge);
  },
  async rpc_soak() {
    const client = connect();
    for (let i = 0; i < SOAK; i += 1) {
      checkLarge(await once(client, 'UnaryCall', large()));
    }
  },
  async channel_soak() {
    for (let i = 0; i < SOAK; i += 1) {
      checkLarge(await once(connect(), 'UnaryCall', large()));
      clients.pop().close();
    }
  },
};

cases[chosen]().then(() => clients.forEach((client) => client.close()), (error) => {
  console.error(error);
  process.exit(1);
});
