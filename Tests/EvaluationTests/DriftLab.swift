import Recordings
import Registry
import Stitching
import TestSupport

/// A run `small` of three days of a Lorenz world, and other days beside it: the fourth day of the world
/// as it is and changed in several ways, and a day of another world.
struct DriftLab {
    let registry: SessionRegistry
    let trained: [String]
    let next: String

    static func get() throws -> DriftLab { try lab.get() }
    private static let lab = Result { () throws -> DriftLab in try DriftLab(seed: 5) }

    /// Three quarters of the units are those of the day before.
    static func world(seed: UInt64) throws -> [Recording] {
        try TrainedWorld.recordings(sessions: 4, conditions: 8, trials: 12, units: [16], seed: seed) {
            $0.keptShare = 0.75
        }
    }

    init(seed: UInt64, more: String = "", model: String = "", epochs: Int = 60) throws {
        registry = try SessionRegistry.create(at: TemporaryFolder().path)
        let days = try Self.world(seed: 3)
        trained = days.prefix(3).map(\.session)
        next = days[3].session
        try registry.register(days)
        try registry.stitch(
            StitchManifest(
                text: """
                    run: small
                    sessions: [\(trained.joined(separator: ", "))]
                    seed: \(seed)
                    model: {ic_enc_dim: 16, ic_dim: 8, gen_dim: 16, fac_dim: 4, dropout_rate: 0.05\(model)}
                    \(more)
                    train: {epochs: \(epochs), batch_size: 48, kl_increase_epoch: 5, l2_increase_epoch: 5}
                    """))
    }

    /// Registers a changed copy of the fourth day.
    func register(_ name: String, _ change: (inout Recording) throws -> Void) throws {
        var day = try Self.world(seed: 3)[3]
        try change(&day)
        day.session = name
        try registry.register([day])
    }

    @discardableResult
    func extend(by session: String, as name: String, usesLabels: Bool) throws -> String {
        var options = ExtendJourney.Options(threads: 1)
        options.name = name
        options.epochs = 0
        options.usesLabels = usesLabels
        return try ExtendJourney.extend(
            run: "small", by: session, in: registry, options: options
        ).run
    }
}

extension Recording {
    /// Data of the units in another order under the names as they were.
    mutating func permuteUnitData(_ order: [Int]) {
        let names = units
        self = selectingUnits(order)
        units = names
    }

    mutating func renameUnits() {
        for index in units.indices { units[index].name = "new\(index)" }
    }

    mutating func forgetLabels() {
        for index in trials.indices { trials[index].condition = nil }
    }

    mutating func forgetBehavior() {
        behavior = []
        behaviorNames = []
    }
}
