"""What functions ask of AWS is noted by resource and operation, and nothing of what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.engine.running import Engine

CANARY = "CANARY-IN-A-BODY"
PROGRAM = f"""
import sys
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from docparser_local.workers import calls
calls.note(sys.argv[1], "worker")
s3, items = boto3.client("s3"), boto3.client("dynamodb")
where = {{"Bucket": "checks", "Key": "noted"}}
s3.put_object(**where, Body=b"{CANARY}")
s3.put_object(**where, Body=b"{CANARY} again")
s3.copy_object(Bucket="checks", Key="copy", CopySource=where)
s3.generate_presigned_url("get_object", Params=where)
try:
    s3.get_object(Bucket="checks", Key="missing")
except ClientError:
    pass
row = {{"pk": {{"S": "{CANARY}"}}}}
items.transact_write_items(TransactItems=[{{"Put": {{"TableName": "checks", "Item": row}}}}])
items.get_item(TableName="checks", Key=row)
other = boto3.client("s3", config=Config(s3={{"addressing_style": "path"}}))
other.put_object(**where, Body=b"{CANARY}")
"""


def test_calls_are_noted_once_by_what_they_work_on(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": engine.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    subprocess.run([sys.executable, "-c", PROGRAM, str(file)], env=environment, check=True)
    text = file.read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    # Neither a body nor an item's key is among it
    assert CANARY not in text
    assert {row["function"] for row in rows} == {"worker"}
    noted = {"Bucket": "checks", "Key": "noted"}
    assert [(row["operation"], row["parameters"], row["error"]) for row in rows] == [
        ("PutObject", noted, None),
        ("CopyObject", {"Bucket": "checks", "Key": "copy", "CopySource": noted}, None),
        ("GetObject", noted, None),
        ("GetObject", {"Bucket": "checks", "Key": "missing"}, "NoSuchKey"),
        ("TransactWriteItems", {"TransactItems": [["Put", "checks"]]}, None),
        ("GetItem", {"TableName": "checks"}, None),
    ]
