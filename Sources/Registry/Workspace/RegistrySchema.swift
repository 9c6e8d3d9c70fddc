import GRDB

/// One step of the schema. A step that has been released is never edited; a change is a new step.
struct SchemaVersion: Sendable {
    let identifier: String
    let sql: String
}

/// All steps, oldest first, and how a database is brought up to the last one.
enum RegistrySchema {
    /// "NStc" in ASCII: marks the SQLite file as one of ours.
    static let applicationID: Int64 = 0x4E53_7463

    static let versions = [
        SchemaVersion(identifier: "v1", sql: version1), SchemaVersion(identifier: "v2", sql: version2),
        SchemaVersion(identifier: "v3", sql: version3), SchemaVersion(identifier: "v4", sql: version4),
    ]

    static func migrator(_ versions: [SchemaVersion]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for version in versions {
            migrator.registerMigration(version.identifier) { try $0.execute(sql: version.sql) }
        }
        return migrator
    }

    // Tables that grow with trials and units are clustered by session (WITHOUT ROWID), so that one
    // session is one contiguous read; listing sessions reads the session table alone, whose counts
    // are stored for that purpose. STRICT, so that a column holds nothing but its type.
    private static let version1 = """
        PRAGMA application_id = \(applicationID);

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
        """
    // What `evaluate` found last, one row per session and figure.
    private static let version2 = """
        CREATE TABLE evaluation (
            run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
            session_id INTEGER NOT NULL REFERENCES session(id),
            name TEXT NOT NULL CHECK (name <> ''),
            value REAL NOT NULL,
            version TEXT NOT NULL,
            evaluated_at TEXT NOT NULL,
            PRIMARY KEY (run_id, session_id, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX evaluation_session ON evaluation(session_id);
        """
    // Trials can be for the test, and a figure is of held-out or of test trials: those that were there before are
    // of held-out ones. SQLite changes no CHECK of a table, so that trials move to a new one.
    private static let version3 = """
        CREATE TABLE trial_with_test (
            session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position >= 0),
            identifier INTEGER NOT NULL,
            condition TEXT,
            split TEXT NOT NULL CHECK (split IN ('train', 'valid', 'test')),
            PRIMARY KEY (session_id, position)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO trial_with_test (session_id, position, identifier, condition, split)
            SELECT session_id, position, identifier, condition, split FROM trial;
        DROP TABLE trial;
        ALTER TABLE trial_with_test RENAME TO trial;

        ALTER TABLE session ADD COLUMN test_trial_count INTEGER NOT NULL DEFAULT 0
            CHECK (test_trial_count >= 0);
        ALTER TABLE evaluation ADD COLUMN part TEXT NOT NULL DEFAULT 'valid'
            CHECK (part IN ('valid', 'test'));
        """
    // The search that a run comes from, and what every member of its population reached in every generation.
    private static let version4 = """
        CREATE TABLE search (
            run_id INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
            plan TEXT NOT NULL CHECK (json_valid(plan)),
            winner INTEGER,
            comparison TEXT CHECK (comparison IS NULL OR json_valid(comparison))
        ) STRICT;
        CREATE TABLE search_member (
            run_id INTEGER NOT NULL REFERENCES search(run_id) ON DELETE CASCADE,
            generation INTEGER NOT NULL CHECK (generation >= 1),
            member INTEGER NOT NULL CHECK (member >= 1),
            epochs INTEGER NOT NULL CHECK (epochs >= 0),
            seed INTEGER NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('begun', 'continued', 'copied')),
            parent INTEGER,
            settings TEXT NOT NULL CHECK (json_valid(settings)),
            objective REAL,
            agreement REAL,
            problem TEXT,
            PRIMARY KEY (run_id, generation, member)
        ) STRICT, WITHOUT ROWID;
        """
}
