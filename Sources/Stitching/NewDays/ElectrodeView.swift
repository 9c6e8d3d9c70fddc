import Alignment
import LFADS
import Recordings
public import Registry

/// A day seen through another day's maps, by the electrodes that both have: what the model of yesterday
/// sees this morning, before anything is fitted.
///
/// Electrodes are the same where subject, array and unit name are the same and units fire together as they do on the
/// other day: names of sorted units mean nothing from day to day. The read-in is the other day's, restricted to
/// shared encoded units; units that are missing are taken to fire at the mean of that day's training trials. The read-out is the other day's for the shared units.
public struct ElectrodeView {
    /// The day, of which only the shared units are left.
    public let day: TrainedDay
    /// The day whose maps these are, through the same units alone.
    public let reference: TrainedDay
    /// Shared units that the encoder sees.
    public let electrodes: Int

    /// With fewer, a view through electrodes is none.
    public static let fewestElectrodes = SameElectrodes.fewestUnits

    /// Through the run's latest other day that shares at least `fewestElectrodes` encoded units.
    ///
    /// - Returns: `nil` where no day does.
    /// - Throws: `StitchingError.doesNotFit`, `.observationDoesNotFit`, and errors of the rooms below.
    public init?(
        of record: SessionRecord, in run: TrainedRun
    ) throws {
        let session = try run.registry.prepared(record, holdOut: run.settings.holdOut)
        try run.requireFits(session)
        let own = Set(session.recording.units.map(\.name))
        lazy var together = session.unitsTogether(run.settings.alignment)
        let others = run.sessions
            .filter {
                $0.name != record.name && $0.subject == record.subject && $0.array == record.array
            }
            .sorted { ($0.date, $0.name) > ($1.date, $1.name) }
        for other in others {
            let names = try run.registry.units(of: other).map(\.name).filter(own.contains)
            guard names.count >= Self.fewestElectrodes else { continue }
            let source = try run.day(other.name)
            let shared = SharedUnits(names, session.recording, source.recording)
            guard shared.encodedCount >= Self.fewestElectrodes,
                SameElectrodes(together, source.session.unitsTogether(run.settings.alignment))?.areBelieved
                    == true,
                let day = try source.through(shared, of: session.wholeRecording(), record),
                let reference = try source.through(shared, of: source.session.wholeRecording(), other)
            else { continue }
            self.day = day
            self.reference = reference
            electrodes = shared.encodedCount
            return
        }
        return nil
    }
}

/// Units that two days have under the same names; those that one of them keeps from the encoder are
/// kept from it here.
private struct SharedUnits {
    let names: [String]
    let heldOut: Set<String>

    var encodedCount: Int { names.count - heldOut.count }

    init(_ names: [String], _ a: RecordingMetadata, _ b: RecordingMetadata) {
        self.names = names
        heldOut = Set((a.units + b.units).filter(\.heldOut).map(\.name)).intersection(names)
    }

    /// A recording of these units alone.
    func restricting(_ recording: Recording) -> Recording {
        let place = Dictionary(
            recording.units.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result = recording.selectingUnits(names.compactMap { place[$0] })
        for unit in result.units.indices {
            result.units[unit].heldOut = heldOut.contains(result.units[unit].name)
        }
        return result
    }
}

extension TrainedDay {
    /// Another recording, or this day's own, through some units of this day and this day's maps.
    ///
    /// - Returns: `nil` for a model that has no read-in to restrict.
    fileprivate func through(
        _ shared: SharedUnits, of other: Recording, _ record: SessionRecord
    ) throws -> TrainedDay? {
        var holdOut = HoldOut()
        holdOut.conditions = settings.holdOut.conditions
        let seen = try PreparedSession(shared.restricting(other), holdOut: holdOut)
        let maps = maps
        guard let readIn = maps.readIn else { return nil }
        let places = places(of: seen)
        return try with(
            seen,
            maps: SessionMaps(
                readIn: restricting(readIn, to: Array(places.prefix(seen.encodedUnitCount))),
                readOut: maps.readOut(ofUnits: places, settings.model.observation)),
            record: record)
    }

    /// Places of another session's units among this day's, both in the model's order.
    private func places(of other: PreparedSession) -> [Int] {
        let own = Dictionary(
            session.unitOrder.enumerated().map { (recording.units[$1].name, $0) },
            uniquingKeysWith: { first, _ in first })
        return other.unitOrder.compactMap { own[other.recording.units[$0].name] }
    }

    /// A read-in from some of its units, the others taken to fire at their mean.
    private func restricting(_ readIn: AffineMap, to kept: [Int]) -> AffineMap {
        let width = readIn.inputs
        var bias = readIn.bias
        let isKept = Set(kept)
        let means = meanCounts()
        for k in bias.indices {
            for unit in 0..<width where !isKept.contains(unit) {
                bias[k] += readIn.weights[k * width + unit] * Float(means[unit])
            }
        }
        return AffineMap(weights: readIn.selecting(inputs: kept).weights, bias: bias)
    }

    /// Of training trials, per bin, units in the model's order.
    private func meanCounts() -> [Double] {
        let counts = session.trials.counts
        let bins = Double(max(1, session.trainingTrials.count * counts.binCount))
        return counts.columnSums(ofTrials: session.trainingTrials).map { $0 / bins }
    }
}
