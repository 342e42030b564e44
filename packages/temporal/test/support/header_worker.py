"""A Worker and a client of Temporal's Python SDK whose headers go through a codec, and the codec is a Codec Server.

Arguments: address, namespace, task queue, URL of the Codec Server, task queue of a Worker in TypeScript. It says "ready",
starts the workflow "ends" there with a header, and writes what that received; its own workflow gives back what it receives.
"""

import asyncio
import json
import os
import sys
import urllib.request
from datetime import timedelta

from google.protobuf.json_format import MessageToDict, ParseDict
from temporalio import workflow
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.client import Client, Interceptor as ClientInterceptor, OutboundInterceptor
from temporalio.common import HeaderCodecBehavior
from temporalio.converter import DataConverter, PayloadCodec, default
from temporalio.worker import Interceptor, UnsandboxedWorkflowRunner, Worker, WorkflowInboundInterceptor

HEADER = "x-tenant"


class RemoteCodec(PayloadCodec):
    def __init__(self, url, namespace):
        self.url, self.namespace = url, namespace

    def post(self, operation, payloads):
        body = json.dumps(MessageToDict(Payloads(payloads=payloads))).encode()
        headers = {"content-type": "application/json", "x-namespace": self.namespace}
        request = urllib.request.Request(f"{self.url}/{operation}", body, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return list(ParseDict(json.load(answer), Payloads()).payloads)

    async def encode(self, payloads):
        return await asyncio.to_thread(self.post, "encode", list(payloads))

    async def decode(self, payloads):
        return await asyncio.to_thread(self.post, "decode", list(payloads))


received = []


class Inbound(WorkflowInboundInterceptor):
    async def execute_workflow(self, input):
        received.append(default().payload_converter.from_payloads([input.headers[HEADER]])[0])
        return await self.next.execute_workflow(input)


class Reading(Interceptor):
    def workflow_interceptor_class(self, input):
        return Inbound


class Sending(ClientInterceptor):
    def intercept_client(self, next):
        return Outbound(next)


class Outbound(OutboundInterceptor):
    async def start_workflow(self, input):
        payload = default().payload_converter.to_payloads(["from Python"])[0]
        input.headers = {**input.headers, HEADER: payload}
        return await self.next.start_workflow(input)


@workflow.defn(name="receives")
class Receives:
    @workflow.run
    async def run(self) -> list:
        return received


async def main():
    address, namespace, task_queue, url, theirs = sys.argv[1:]
    converter = DataConverter(payload_codec=RemoteCodec(url, namespace))
    client = await Client.connect(
        address,
        namespace=namespace,
        data_converter=converter,
        interceptors=[Sending()],
        header_codec_behavior=HeaderCodecBehavior.CODEC,
    )
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=[Receives],
        interceptors=[Reading()],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        print("ready", flush=True)
        result = await client.execute_workflow(
            "ends", id=f"py_{theirs}", task_queue=theirs, execution_timeout=timedelta(seconds=60)
        )
        print(json.dumps(result), flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
# Threads of the SDK can call into an interpreter that is ending, which aborts it: temporalio/sdk-python#300.
os._exit(0)
