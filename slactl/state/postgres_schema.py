"""The tables of a PostgreSQL state: one schema a workspace, the same columns as the SQLite state, numbered migrations."""

import hashlib

_LONGEST_NAME = 63
_PREFIX = "slactl_"

_INITIAL = """
CREATE TABLE meta (
  lineage TEXT NOT NULL, serial BIGINT NOT NULL, workspace TEXT NOT NULL, head TEXT NOT NULL DEFAULT ''
);
CREATE TABLE resources (
  address TEXT COLLATE "C" PRIMARY KEY, provider TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  attributes TEXT NOT NULL, needed_by TEXT NOT NULL, depends_on TEXT NOT NULL
);
CREATE TABLE agreements (
  address TEXT COLLATE "C" PRIMARY KEY, promise TEXT NOT NULL, support TEXT NOT NULL, prevent_destroy INTEGER NOT NULL
);
CREATE TABLE intents (address TEXT COLLATE "C" PRIMARY KEY, action TEXT NOT NULL, plan_digest TEXT NOT NULL);
CREATE TABLE history (
  serial BIGINT PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, command TEXT NOT NULL, as_of TEXT NOT NULL,
  plan_digest TEXT NOT NULL, commit_id TEXT, results TEXT NOT NULL, agreements TEXT NOT NULL, version TEXT NOT NULL,
  mode TEXT NOT NULL, dirty INTEGER, support TEXT NOT NULL, chained TEXT NOT NULL, previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TABLE lock (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1), id TEXT NOT NULL, operation TEXT NOT NULL, info TEXT NOT NULL,
  who TEXT NOT NULL, version TEXT NOT NULL, created TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL
);
CREATE TABLE backups (serial BIGINT PRIMARY KEY, at TEXT NOT NULL, document TEXT NOT NULL);
CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'history is only ever added to'; END $$;
CREATE TRIGGER history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON history
  FOR EACH STATEMENT EXECUTE FUNCTION history_only_grows();
"""

_UNDER_WAY = """
CREATE TABLE under_way (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), entry TEXT NOT NULL);
CREATE TABLE outcomes (address TEXT COLLATE "C" PRIMARY KEY, result TEXT NOT NULL);
"""

MIGRATIONS: tuple[str, ...] = (_INITIAL, _UNDER_WAY)
"""The statements that turn a state of the version before into the next."""
VERSION = len(MIGRATIONS)


def schema_name(workspace: str) -> str:
    """The schema of a workspace: `slactl_` and its name, shortened with a digest where PostgreSQL would cut it."""
    name = _PREFIX + workspace
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(workspace.encode()).hexdigest()[:12]
    return f"{name.encode()[: _LONGEST_NAME - 13].decode(errors='ignore')}_{digest}"


def lock_key(workspace: str) -> int:
    """The advisory lock of a workspace: 63 bits of a digest of its schema's name."""
    return int.from_bytes(hashlib.sha256(schema_name(workspace).encode()).digest()[:8], "big") >> 1
