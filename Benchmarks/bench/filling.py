"""Workspaces by the hundred thousand, copied by SQL from one that the server has made."""

import sys
import time

from bench import Failure

#: Rows in one statement: enough to be quick, few enough to show how far it is.
BATCH = 200_000


def fill(database, template, rows):
    """Adds the workspaces `seed-…` numbered from 1, each like the one whose slug is `template`, its people included.

    What a column means is left to the server that made the template; only what must differ is named here.
    """
    started = time.monotonic()
    for first in range(1, rows + 1, BATCH):
        last = min(first + BATCH - 1, rows)
        if (added := database.execute(workspaces(database, template, first, last))) != last - first + 1:
            raise Failure(f"filling added {added} workspaces, not {last - first + 1}")
        database.execute(memberships(database, template, first, last))
        database.execute(count(template, last - first + 1))
        seconds = time.monotonic() - started
        print(f"  filled with {last:,} workspaces in {seconds:.0f} s", file=sys.stderr, flush=True)


def workspaces(database, template, first, last):
    """The statement that adds the workspaces."""
    own = {
        "id": "'ws_' || substr(digits, 5)",
        "slug": "'seed-' || digits",
        "title": "'seed-' || digits",
        "created_at": "t.created_at + n",
        "updated_at": "t.created_at + n",
    }
    columns = [column for column in database.columns("workspaces") if column != "number"]
    zeros = "0" * 24
    return f"""
        WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
        INSERT INTO workspaces ({", ".join(columns)})
        SELECT {", ".join(own.get(column, f"t.{column}") for column in columns)}
        FROM (SELECT n, substr('{zeros}' || n, length(CAST(n AS TEXT)) + 1) AS digits FROM numbers) AS numbered
        CROSS JOIN workspaces t WHERE t.slug = '{template}' AND t.deleted_at IS NULL ORDER BY n
        """


def memberships(database, template, first, last):
    """The statement that gives the workspaces the people of the template."""
    own = {"workspace_number": "w.number", "workspace_created_at": "w.created_at"}
    columns = database.columns("memberships")
    return f"""
        INSERT INTO memberships ({", ".join(columns)})
        SELECT {", ".join(own.get(column, f"m.{column}") for column in columns)}
        FROM workspaces t
        JOIN memberships m ON m.workspace_number = t.number
        JOIN workspaces w ON w.organization_id = t.organization_id AND w.deleted_at IS NULL
            AND w.slug BETWEEN 'seed-{first:024d}' AND 'seed-{last:024d}'
        WHERE t.slug = '{template}' AND t.deleted_at IS NULL
        """


def count(template, rows):
    """The statement that counts the workspaces, in a slot that no connection of the server has."""
    return f"""
        INSERT INTO counts (scope, slot, value)
        SELECT 'workspaces:' || organization_id, -1, {rows} FROM workspaces
        WHERE slug = '{template}' AND deleted_at IS NULL
        ON CONFLICT (scope, slot) DO UPDATE SET value = counts.value + excluded.value
        """
