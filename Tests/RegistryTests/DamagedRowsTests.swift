import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Suite("Numbers in a registry that somebody has edited")
struct DamagedRowsTests {
    @Test(
        "a count that can't be one is an error, before anything is added to it",
        arguments: [
            "UPDATE session SET unit_count = 9223372036854775807", "UPDATE session SET trial_count = -1",
            "UPDATE run SET best_epoch = 9223372036854775807",
            "UPDATE epoch_metric SET epoch = 9223372036854775807",
        ])
    func counts(_ change: String) throws {
        try withTemporaryFolder { folder in
            let registry = try SessionRegistry.create(at: folder + "/sessions")
            _ = try registry.register(.example(), contentHash: "1", fileHash: "1") { _ in }
            _ = try registry.beginRun(
                "run", seed: 1, settingsJSON: "{}", version: "1",
                sessions: registry.sessions(matching: .all))
            try registry.recordEpochs([EpochMetrics(epoch: 0, values: ["x": 1])], ofRun: "run")
            try registry.write { try $0.execute(sql: change) }
            do {
                _ = try registry.sessions(matching: .all)
                _ = try registry.runs()
                Issue.record("nothing was said of it")
            } catch RegistryError.damaged(_, let detail) {
                #expect(
                    detail.contains(change.contains("-1") ? "-1 in column" : "9223372036854775807 in column"))
            }
        }
    }
}
