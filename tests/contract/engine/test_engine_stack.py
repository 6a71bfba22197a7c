"""The stack of a home directory, and the cache of synthesized assemblies."""

from __future__ import annotations

import json
import socket
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from docparser_local.errors import (
    NodeMissingError,
    NotDeployedError,
    NotRunningError,
    PortInUseError,
    SynthesisError,
)
from docparser_local.outputs import Outputs
from docparser_local.stack import Stack
from docparser_local.synth import synthesize

from tests.contract.engine.machines import machine, sdk
from tests.contract.engine.running import Engine, free_port, poll

APP = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
(out / "manifest.json").write_text(json.dumps({"artifacts": {}, "context": context}))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with the smallest application."""
    root = tmp_path / "root"
    (root / "infra").mkdir(parents=True)
    (root / "app.py").write_text(APP)
    (root / "cdk.json").write_text(json.dumps({"context": {"env": "dev", "kept": "yes"}}))
    return root


def test_an_assembly_is_made_once(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = synthesize(root, cache, {"env": "local"})
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["context"] == {"env": "local", "kept": "yes"}
    made_at = (first / "manifest.json").stat().st_mtime_ns
    assert synthesize(root, cache, {"env": "local"}) == first
    assert (first / "manifest.json").stat().st_mtime_ns == made_at
    assert synthesize(root, cache, {"env": "prod"}) != first


def test_every_input_counts_and_old_entries_go(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    entries = {synthesize(root, cache, {})}
    for name in (
        "infra/stack.py",
        "functions/intake/handler.py",
        "statemachines/x.json",
        "uv.lock",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
        entries.add(synthesize(root, cache, {}))
    assert len(entries) == 5
    assert len(list(cache.iterdir())) == 3
    bytecode = root / "infra" / "__pycache__" / "stack.pyc"
    bytecode.parent.mkdir()
    bytecode.write_text("1")
    assert synthesize(root, cache, {}) in entries


def test_an_application_sees_nothing_of_the_users_account(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    (root / "app.py").write_text(f"{APP}\nassert 'AWS_PROFILE' not in os.environ")
    assert synthesize(root, tmp_path / "cache", {})


def test_what_an_interrupted_pruning_left_is_replaced(root: Path, tmp_path: Path) -> None:
    entry = synthesize(root, tmp_path / "cache", {})
    (entry / "manifest.json").unlink()
    (entry / "left-over").write_text("")
    assert synthesize(root, tmp_path / "cache", {}) == entry
    assert [path.name for path in entry.iterdir()] == ["manifest.json"]


def test_a_broken_application_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    (root / "app.py").write_text("raise SystemExit('no such construct')")
    with pytest.raises(SynthesisError, match="no such construct"):
        synthesize(root, tmp_path / "cache", {})
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_node_is_named(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NodeMissingError, match="node"):
        synthesize(root, tmp_path / "cache", {})


def test_no_engine(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home", port=free_port())
    assert stack.running() is False
    assert stack.down() is False
    with pytest.raises(NotRunningError):
        stack.outputs()


def greet(listener: socket.socket) -> None:
    """Answer the look at the port, then the question for its health, as no web server would."""
    for _ in range(2):
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"SSH-2.0-somebody\r\n")


def test_somebody_elses_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=greet, args=(other,), daemon=True).start()
        with pytest.raises(PortInUseError, match="in use by another program"):
            Stack(tmp_path / "home", port=other.getsockname()[1]).up()


def test_the_port_of_another_homes_engine(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(PortInUseError, match="the engine of another Docparser folder") as raised:
        Stack(tmp_path / "home", port=engine.port).up()
    assert str(tmp_path / "home") in str(raised.value)
    assert "DOCPARSER_ENDPOINT" in str(raised.value)


def test_a_home_is_for_its_users_eyes_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    Stack(home, port=free_port()).down()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_when_down_returns_every_process_has_ended(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "home")
    engine.start()
    engine.provision()
    worker = engine.invoke(engine.function("echo"))[0]["pid"]
    assert Stack(engine.home, port=engine.port).down()
    assert not Path(f"/proc/{worker}").exists()
    assert poll(engine.ended, 1)  # its lock goes an instant before it does


def test_an_engine_without_the_stacks(engine: Engine) -> None:
    stack = Stack(engine.home, port=engine.port)
    assert stack.running()
    with pytest.raises(NotDeployedError, match="docparser-local-storage"):
        stack.outputs()


def test_neither_a_proxy_nor_a_profile_is_in_the_way(
    engine: Engine, users_own_set_up: None
) -> None:
    with pytest.raises(NotDeployedError, match="docparser-local-storage"):
        Stack(engine.home, port=engine.port).outputs()


def test_an_engine_keeps_the_users_own_set_up_out(
    tmp_path: Path, users_own_set_up: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(tmp_path / "home")
    engine.start()
    try:
        monkeypatch.undo()  # from here on the set-up is the engine's alone
        engine.provision()
        key = {"key": "k", "fail": 0}
        assert engine.invoke(engine.function("flaky"), key) == ({"attempts": 1}, False)
        put = sdk("aws-sdk:s3:putObject", {"Bucket": "checks", "Key": "k", "Body": {"n": 1}})
        assert "ETag" in engine.run(machine({"Put": put}))
    finally:
        engine.stop()


def test_settings_need_every_output() -> None:
    outputs = Outputs("http://127.0.0.1:1", "http://127.0.0.1:2", "local", {"TableName": "t"})
    with pytest.raises(NotDeployedError, match="StateMachineArn"):
        outputs.settings()
