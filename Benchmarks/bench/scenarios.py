"""What is measured: the requests, in an order in which no scenario changes what a later one reads."""

import time
from dataclasses import dataclass

from bench import Failure
from bench.wrk import Load

WORKSPACES = "/v3/workspaces"
PEERS = "/v3/workspaces/bench/peers"
PAGE = 50


@dataclass(frozen=True)
class Scenario:
    """A row of the table: its title, its load and how its answer is known to be the right one."""

    title: str
    load: Load
    answers_id: str = ""
    answers_total: int = 0
    adds_to: str = ""

    def probe(self, client):
        """Sends the request once and looks at what comes back; a fast wrong answer is no figure."""
        load = self.load
        chosen = f"{1:024d}" if load.ids == "seeded" else f"probe-{time.time_ns() % 10**18:018d}"
        answer = client.expect(load.method, load.path.replace("{N}", chosen), load.body.replace("{N}", chosen))
        if self.answers_id and answer["id"] != self.answers_id:
            raise Failure(f"{self.title}: answered with {answer['id']}, not {self.answers_id}")
        if self.answers_total and (answer["total"] != self.answers_total or len(answer["items"]) != PAGE):
            raise Failure(f"{self.title}: {len(answer['items'])} items of {answer['total']}")


NO_OP = Scenario("no-op route (GET /health)", Load("GET", "/health"))


def load_scenarios(rows):
    """The scenarios of a normal run, over a store with that many workspaces and as many peers in one of them."""
    update = Load("PUT", f"{WORKSPACES}/bench", '{"metadata":{"plan":"team","visit":"{N}"}}', ids="new")
    return [
        NO_OP,
        Scenario("workspace, existing", Load("POST", WORKSPACES, '{"id":"bench"}'), answers_id="bench"),
        Scenario("peer, existing", Load("POST", PEERS, '{"id":"alice"}'), answers_id="alice"),
        Scenario(f"list {PAGE} of {rows:,} workspaces", page_of(WORKSPACES), answers_total=rows),
        Scenario(f"list {PAGE} of {rows:,} peers", page_of(PEERS), answers_total=rows),
        # Another value each time, so that no store can find there is nothing to do.
        Scenario("workspace, update", update, answers_id="bench"),
        Scenario("workspace, new", Load("POST", WORKSPACES, '{"id":"{N}"}', ids="new"), adds_to=WORKSPACES),
        Scenario("peer, new", Load("POST", PEERS, '{"id":"{N}"}', ids="new"), adds_to=PEERS),
    ]


def scale_scenarios(rows, seeded):
    """The scenarios of a scale run: any of the seeded rows, not one that every cache holds."""
    first = f"seed-{1:024d}"
    existing = Load("POST", WORKSPACES, '{"id":"seed-{N}"}', ids="seeded", seeded=seeded)
    update = Load("PUT", f"{WORKSPACES}/seed-{{N}}", '{"metadata":{"plan":"team"}}', ids="seeded", seeded=seeded)
    return [
        Scenario("workspace, any existing", existing, answers_id=first),
        Scenario("workspace, update of any", update, answers_id=first),
        Scenario(f"first page, {PAGE} workspaces", page_of(WORKSPACES), answers_total=rows),
    ]


def page_of(collection):
    """The first page of a collection."""
    return Load("POST", f"{collection}/list?size={PAGE}", "{}")
