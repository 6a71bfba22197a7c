"""Both indexes, held to one contract: the embedded one always, OpenSearch where there is one."""

from __future__ import annotations

import os
import uuid

import pytest
from docparser.search import SearchIndex
from docparser.search.embedded import EmbeddedIndex
from docparser.search.opensearch import OpenSearchIndex

# Without a server test_opensearch_requests holds what is sent, and what is made of the answers.
SERVER = os.environ.get("OPENSEARCH_URL", "")


@pytest.fixture(scope="module", params=["embedded", *(["opensearch"] if SERVER else [])])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    if request.param == "opensearch":
        return OpenSearchIndex(SERVER, env="contract")
    return EmbeddedIndex(tmp_path_factory.mktemp("search") / "search.sqlite")


@pytest.fixture
def tenant() -> str:
    """Return a tenant of the test's own: an index may be shared and must not matter."""
    return f"t{uuid.uuid4().hex[:12]}"
