"""A function behind a REST API, as Powertools routes it."""

import json

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types

app = APIGatewayRestResolver()
ETAG = '"one"'


@app.get("/things/<thing>")
def get(thing):
    if app.current_event.headers.get("If-None-Match") == ETAG:
        return Response(304, headers={"ETag": ETAG})
    return Response(200, content_types.APPLICATION_JSON, {"thing": thing}, headers={"ETag": ETAG})


@app.delete("/things/<thing>")
def delete(thing):
    return Response(204)


@app.get("/things")
def look():
    """Return the whole event."""
    return app.current_event.raw_event


@app.post("/things")
def take():
    """Return the whole event."""
    return app.current_event.raw_event


@app.get("/elsewhere")
def elsewhere():
    return Response(303, headers={"Location": "https://example.com/?signed=1"})


@app.get("/bytes")
def some_bytes():
    return Response(200, "application/octet-stream", bytes(range(256)))


@app.get("/cookies")
def cookies():
    headers = {"Set-Cookie": ["a=1", "b=2"]}
    return Response(200, content_types.TEXT_PLAIN, "two", headers=headers)


@app.get("/broken")
def broken():
    raise RuntimeError("canary in a trace")


def handler(event, context):
    """Answer a request."""
    if event["path"] == "/odd":
        return {"body": json.dumps("no status")}
    return app.resolve(event, context)
