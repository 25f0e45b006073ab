# SPDX-License-Identifier: Apache-2.0
"""A partner agency's program in Python: sends a return that has mistakes, reads all of them, sends the mended one
under the same request_id, and holds the receipt's hash against what it says was recorded.

    partner.py ADDRESS CA.pem CLIENT_PREFIX WRONG_REQUEST.json MENDED_REQUEST.json

It needs grpcio, and what grpc_tools.protoc makes of proto/ on the path.
"""

import hashlib
import json
import sys

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2
from pledge.v1 import return_pb2

SECONDS = 20


def read(path):
    with open(path, "rb") as file:
        return file.read()


def problems(error):
    """Every field that breaks a rule, from the details of the status."""
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    for detail in status_pb2.Status.FromString(details).details:
        bad = error_details_pb2.BadRequest()
        if detail.Unpack(bad):
            for item in bad.field_violations:
                yield {"field": item.field, "description": item.description, "reason": item.reason}


def main(address, ca, prefix, wrong, mended):
    credentials = grpc.ssl_channel_credentials(read(ca), read(prefix + ".key"), read(prefix + ".pem"))
    with grpc.secure_channel(address, credentials) as channel:
        def method(name):
            service = return_pb2.DESCRIPTOR.services_by_name["ReturnService"]
            answer = service.methods_by_name[name].output_type.name
            return channel.unary_unary(f"/{service.full_name}/{name}",
                                       request_serializer=lambda message: message.SerializeToString(),
                                       response_deserializer=getattr(return_pb2, answer).FromString)

        submit = method("SubmitReturn")
        told = {"code": 0, "problems": []}
        try:
            submit(json_format.Parse(read(wrong), return_pb2.SubmitReturnRequest()), timeout=SECONDS)
        except grpc.RpcError as error:
            told = {"code": error.code().value[0], "problems": list(problems(error))}
        request = json_format.Parse(read(mended), return_pb2.SubmitReturnRequest())
        sent = submit(request, timeout=SECONDS).owner_return
        again = submit(request, timeout=SECONDS).owner_return
        receipt = method("GetReturnReceipt")(return_pb2.GetReturnReceiptRequest(name=sent.name), timeout=SECONDS).receipt
        hashed = hashlib.sha256(receipt.content.encode()).hexdigest()
        print(json.dumps({**told, "name": sent.name, "submissions": [sent.submission, again.submission],
                          "lines": receipt.line_count,
                          "verified": hashed == receipt.content_hash == sent.content_hash}))


if __name__ == "__main__":
    main(*sys.argv[1:])
