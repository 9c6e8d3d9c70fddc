/// A registry as the first released schema made it: two sessions, one of them revised, and two runs.
///
/// Every later schema has to be able to read it. Never edit the tables; add a fixture for the next one.
let firstVersionDatabase = """
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('v1');

    PRAGMA application_id = 1314092131;

    CREATE TABLE subject (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> '')
    ) STRICT;

    -- One row per revision of a session. Nothing but is_current ever changes in a row.
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL CHECK (name <> ''),
        revision INTEGER NOT NULL CHECK (revision >= 1),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        subject_id INTEGER NOT NULL REFERENCES subject(id),
        date TEXT NOT NULL CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
        array TEXT,
        signal TEXT NOT NULL CHECK (signal IN ('counts', 'continuous')),
        bin_ms REAL NOT NULL CHECK (bin_ms > 0),
        bin_count INTEGER NOT NULL,
        encoded_bin_count INTEGER NOT NULL,
        unit_count INTEGER NOT NULL,
        trial_count INTEGER NOT NULL,
        condition_count INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        file_hash TEXT NOT NULL,
        file TEXT NOT NULL UNIQUE,
        provenance TEXT NOT NULL CHECK (json_valid(provenance)),
        registered_at TEXT NOT NULL,
        UNIQUE (name, revision)
    ) STRICT;
    CREATE UNIQUE INDEX session_current_name ON session(name) WHERE is_current = 1;
    CREATE INDEX session_current_date ON session(date, name) WHERE is_current = 1;
    CREATE INDEX session_subject ON session(subject_id, date, name);

    CREATE TABLE unit (
        session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position >= 0),
        name TEXT NOT NULL,
        mean_rate_hz REAL,
        held_out INTEGER NOT NULL CHECK (held_out IN (0, 1)),
        PRIMARY KEY (session_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trial (
        session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position >= 0),
        identifier INTEGER NOT NULL,
        condition TEXT,
        split TEXT NOT NULL CHECK (split IN ('train', 'valid')),
        PRIMARY KEY (session_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        status TEXT NOT NULL
            CHECK (status IN ('running', 'finished', 'interrupted', 'failed')),
        seed INTEGER NOT NULL,
        settings TEXT NOT NULL CHECK (json_valid(settings)),
        version TEXT NOT NULL,
        created_at TEXT NOT NULL,
        finished_at TEXT,
        best_epoch INTEGER,
        message TEXT,
        parent_id INTEGER REFERENCES run(id)
    ) STRICT;
    CREATE INDEX run_parent ON run(parent_id);

    CREATE TABLE run_session (
        run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position >= 0),
        session_id INTEGER NOT NULL REFERENCES session(id),
        PRIMARY KEY (run_id, position),
        UNIQUE (run_id, session_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_session_session ON run_session(session_id);

    -- SQLite keeps no NaN: a value that is not a number is NULL.
    CREATE TABLE epoch_metric (
        run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL CHECK (epoch >= 0),
        name TEXT NOT NULL,
        value REAL,
        PRIMARY KEY (run_id, epoch, name)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO subject VALUES (1, 'Jango');
    INSERT INTO session VALUES
        (1, 'jango-1', 1, 0, 1, '2016-06-26', 'M1', 'counts', 50.0, 32, 32, 2, 2, 1, 'beef', 'f1',
            'recordings/jango-1.h5', '{"source":"x.h5"}', '2026-01-01T00:00:00Z'),
        (2, 'jango-2', 1, 1, 1, '2016-07-11', NULL, 'continuous', 50.0, 32, 30, 1, 1, 0, 'f00d', 'f2',
            'recordings/jango-2.h5', '{}', '2026-01-01T00:00:00Z'),
        (3, 'jango-1', 2, 1, 1, '2016-06-26', 'M1', 'counts', 50.0, 32, 32, 2, 2, 1, 'cafe', 'f3',
            'recordings/jango-1.r2.h5', '{"source":"x.h5"}', '2026-01-02T00:00:00Z');
    INSERT INTO unit VALUES (1, 0, '7', 12.5, 0), (2, 0, '1', NULL, 0), (3, 0, '7', 12.5, 0),
        (3, 1, '12', NULL, 1);
    INSERT INTO trial VALUES (3, 0, 10, 'left', 'train'), (3, 1, 11, NULL, 'valid');
    INSERT INTO run VALUES
        (1, 'first', 'finished', 7, '{"epochs":2}', '0.1.0', '2026-01-01T00:00:00Z',
            '2026-01-01T01:00:00Z', 1, NULL, NULL),
        (2, 'second', 'interrupted', 7, '{}', '0.1.0', '2026-01-02T00:00:00Z',
            '2026-01-02T01:00:00Z', NULL, 'Ctrl-C', 1);
    INSERT INTO run_session VALUES (1, 0, 2), (1, 1, 1), (2, 0, 3);
    INSERT INTO epoch_metric VALUES (1, 0, 'valid', 0.5), (1, 1, 'valid', NULL);
    """
