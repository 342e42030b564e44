"""A client and a Worker in Python, as an application has them that encrypts by a codec of its own: the encryption sample's
construction, or Fernet. Written for these tests from the description of the formats.

Runs two workflows to their ends, and starts a third for a Worker elsewhere.
"""

import asyncio
import dataclasses
import os
import sys
from datetime import timedelta

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


class SampleCodec(PayloadCodec):
    def __init__(self, key: bytes) -> None:
        self.aead = AESGCM(key)
        self.metadata = {"encoding": b"binary/encrypted", "encryption-key-id": b"test-key-id"}

    def seal(self, plaintext: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self.aead.encrypt(nonce, plaintext, None)

    def open(self, data: bytes) -> bytes:
        return self.aead.decrypt(data[:12], data[12:], None)

    async def encode(self, payloads):
        return [Payload(metadata=self.metadata, data=self.seal(p.SerializeToString())) for p in payloads]

    async def decode(self, payloads):
        is_own = lambda p: p.metadata.get("encoding") == b"binary/encrypted"
        return [Payload.FromString(self.open(p.data)) if is_own(p) else p for p in payloads]


class FernetCodec(SampleCodec):
    def __init__(self, key: bytes) -> None:
        import base64

        fernet = Fernet(base64.urlsafe_b64encode(key))
        self.seal, self.open = fernet.encrypt, fernet.decrypt
        self.metadata = {"encoding": b"binary/encrypted"}


@activity.defn(name="echo")
async def echo(value: str) -> str:
    return value


@workflow.defn(name="order")
class Order:
    def __init__(self) -> None:
        self.told = None

    @workflow.signal
    def tell(self, value: str) -> None:
        self.told = value

    @workflow.run
    async def run(self, card: str) -> list[str]:
        timeout = timedelta(seconds=30)
        first = await workflow.execute_activity("echo", card, start_to_close_timeout=timeout)
        await workflow.wait_condition(lambda: self.told is not None)
        return [first, self.told]


@workflow.defn(name="failing")
class Failing:
    @workflow.run
    async def run(self, value: str) -> None:
        raise ApplicationError(f"It says {value}", value, non_retryable=True)


async def main(address, namespace, queue, elsewhere, codec, key, prefix, card):
    converter = dataclasses.replace(
        DataConverter.default,
        payload_codec={"samples": SampleCodec, "fernet": FernetCodec}[codec](bytes.fromhex(key)),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
    client = await Client.connect(address, namespace=namespace, data_converter=converter)
    runner = UnsandboxedWorkflowRunner()
    memo = {"note": card}
    async with Worker(
        client, task_queue=queue, workflows=[Order, Failing], activities=[echo], workflow_runner=runner
    ):
        done = await client.start_workflow("order", card, id=f"{prefix}-done", task_queue=queue, memo=memo)
        await done.signal("tell", f"told-{card}")
        await done.result()
        try:
            await client.execute_workflow("failing", card, id=f"{prefix}-failed", task_queue=queue)
        except WorkflowFailureError:
            pass
    open_one = await client.start_workflow("order", card, id=f"{prefix}-open", task_queue=elsewhere, memo=memo)
    await open_one.signal("tell", f"told-{card}")


asyncio.run(main(*sys.argv[1:]))
# Threads of the SDK can call into an interpreter that is ending, which aborts it: temporalio/sdk-python#300.
os._exit(0)
