"""Logs, metrics and parameters."""

from __future__ import annotations

from tests.contract.engine.running import Engine, poll


def test_emf_log_lines_become_metrics(engine: Engine) -> None:
    engine.client("lambda").invoke(FunctionName="echo")

    def names():
        return {
            m["MetricName"]
            for m in engine.client("cloudwatch").list_metrics(Namespace="Checks")["Metrics"]
        }

    assert "Echoes" in poll(names)


def test_function_logs_are_searchable(engine: Engine) -> None:
    engine.client("lambda").invoke(FunctionName="broken")

    def found():
        return engine.client("logs").filter_log_events(logGroupName="/aws/lambda/broken")["events"]

    assert any("PermanentError" in event["message"] for event in poll(found))


def test_parameters_and_secrets(engine: Engine) -> None:
    ssm, secrets = engine.client("ssm"), engine.client("secretsmanager")
    ssm.put_parameter(Name="/checks/p", Value="v", Type="SecureString")
    secrets.create_secret(Name="checks/s", SecretString="x")
    assert ssm.get_parameter(Name="/checks/p", WithDecryption=True)["Parameter"]["Value"] == "v"
    assert secrets.get_secret_value(SecretId="checks/s")["SecretString"] == "x"
