import Foundation
import LFADS
import LinearAlgebra
import Recordings
public import Registry
import Stitching

/// What shows that a run is good, session by session.
public struct RunEvaluation: Sendable, Codable {
    public struct Session: Sendable, Codable {
        public let session: String
        public let date: String
        /// Bits per spike of held-out trials (Poisson runs).
        public let bitsPerSpike: Double?
        /// R² of rates on held-out trials, where the truth is known.
        public let rateR2: Double?
        /// R² per behaviour channel: decoder fitted on this day's training trials, tested on its
        /// held-out ones; NaN for a channel that wasn't measured or didn't vary.
        public let within: [Double]
        /// Decoder fitted on all trials of all other days, tested on all trials of this one; empty for
        /// a single day.
        public let across: [Double]
        /// Over the channels that have an R²; `nil` if none has.
        public var withinMean: Double? { Self.mean(within) }
        public var acrossMean: Double? { Self.mean(across) }

        private static func mean(_ values: [Double]) -> Double? {
            let known = values.filter { !$0.isNaN }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }

    public let run: String
    /// Behaviour channels that were decoded.
    public let channels: [String]
    public let sessions: [Session]

    /// - Parameter channels: behaviour to decode; empty = all that every session has.
    /// - Throws: `EvaluationError.unknownChannel` and the errors of the rooms below.
    public init(
        run: String, channels wanted: [String] = [], in registry: SessionRegistry, threads: Int
    ) throws {
        let records = try registry.sessions(ofRun: run)
        let queries = try records.map {
            try FactorQuery(run: run, session: $0.name, in: registry, threads: threads)
        }
        let channels = try Self.channels(wanted, queries.map(\.recording))
        let inferred = try queries.map { query in
            try query.infer(
                trials: Array(query.recording.trials.indices), quantities: [.factors, .rates])
        }
        let width = queries.first?.settings.model.factorCount ?? 0
        func data(_ index: Int, _ trials: [Int]) -> DecodingData {
            let recording = queries[index].recording
            let places = channels.compactMap { recording.behaviorNames.firstIndex(of: $0) }
            let size = recording.binCount * width
            let features = trials.flatMap {
                inferred[index].factors[($0 * size)..<(($0 + 1) * size)]
            }
            return DecodingData(
                recording, trials: trials, features: features, width: width, channels: places)
        }
        let everything = queries.indices.map { index in
            channels.isEmpty ? nil : data(index, Array(queries[index].recording.trials.indices))
        }

        var sessions: [Session] = []
        for (index, query) in queries.enumerated() {
            let recording = query.recording
            let valid = query.session.validationTrials
            var within: [Double] = []
            var across: [Double] = []
            if !channels.isEmpty {
                within = try RidgeDecoder(data(index, query.session.trainingTrials))
                    .score(data(index, valid))
                let others = queries.indices.filter { $0 != index }.compactMap { everything[$0] }
                if let own = everything[index], !others.isEmpty {
                    across = try RidgeDecoder(DecodingData(joining: others)).score(own)
                }
            }
            let isPoisson = query.settings.model.observation == .poisson
            let size = recording.binCount * recording.units.count
            let perSecond = Float(1000 / recording.binMilliseconds)
            sessions.append(
                Session(
                    session: query.record.name, date: query.record.date,
                    bitsPerSpike: isPoisson
                        ? BitsPerSpike(query.session, trials: valid).value(
                            meanLoss: query.model.reconstructionLoss(session: 0, trials: valid))
                        : nil,
                    rateR2: RateAccuracy.r2(
                        recording, trials: valid,
                        rates: valid.flatMap { trial in
                            inferred[index].means[(trial * size)..<((trial + 1) * size)]
                                .map { $0 * perSecond }
                        }),
                    within: within, across: across))
        }
        self.run = run
        self.channels = channels
        self.sessions = sessions
    }

    /// Channels that every session has, or those asked for.
    private static func channels(_ wanted: [String], _ recordings: [Recording]) throws -> [String] {
        var common = recordings.first?.behaviorNames ?? []
        for recording in recordings { common = common.filter(recording.behaviorNames.contains) }
        for channel in wanted where !common.contains(channel) {
            throw EvaluationError.unknownChannel(channel, known: common)
        }
        return wanted.isEmpty ? common : wanted
    }
}
