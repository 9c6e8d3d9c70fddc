import Testing

@testable import Evaluation

/// Limits and verdicts, without any day.
@Suite("Drift rules") struct DriftRuleTests {
    @Test(
        "the worst trained day is inside, and what is worse than the tolerance is not",
        arguments: [
            (DriftNumber.Kind.bitsPerSpike, [0.3, 0.1, 0.4], 0.1),
            (.bitsPerSpike, [0.3, 0.29], 0.295 * 2 / 3),
            (.decoding, [0.9], 0.6), (.decoding, [0.9, 0.2, 0.8], 0.2), (.agreement, [0.99, 0.97], 0.9),
            (.agreement, [0.7, 0.8], 0.7), (.agreement, [], 0.9), (.distance, [0.001, 0.002], 0.1),
            (.distance, [0.3, 0.2], 0.3), (.distance, [], 0.1),
        ])
    func limits(_ kind: DriftNumber.Kind, _ trained: [Double], _ limit: Double) throws {
        let sign = kind.isBetterLow ? -1.0 : 1
        for (shift, isInside) in [(1e-6, true), (-1e-6, false)] {
            let number = try #require(DriftNumber(kind, limit + sign * shift, trained: trained))
            #expect(abs((number.limit ?? .nan) - limit) < 1e-12)
            #expect(number.isInside == isInside)
            #expect(number.days == trained.count)
        }
        for value in trained {
            #expect(DriftNumber(kind, value, trained: trained)?.isInside == true)
        }
    }

    @Test("where trained days decode nothing, nothing is asked; what is not known is no number")
    func unknown() {
        let number = DriftNumber(.decoding, -3, trained: [-0.1, 0.05, -0.2])
        #expect(number?.isInside == true && number?.limit == nil)
        #expect(DriftNumber(.bitsPerSpike, nil, trained: [1]) == nil)
        #expect(DriftNumber(.bitsPerSpike, .nan, trained: [1]) == nil)
        #expect(DriftNumber(.bitsPerSpike, 0.5, trained: [nil, .nan])?.days == 0)
        #expect(
            DriftNumber(.bitsPerSpike, 0.79, trained: [1], share: DriftNumber.shareOfSameUnits)?.isInside
                == false)
        #expect(DriftNumber(.bitsPerSpike, 0.79, trained: [1])?.isInside == true)
        // A day of poorer units is held to what its own averages predict.
        for (value, isInside) in [(0.41, true), (0.39, false)] {
            let number = DriftNumber(.bitsPerSpike, value, trained: [1], enough: 0.4)
            #expect(number?.limit == 0.4 && number?.isInside == isInside)
        }
        #expect(DriftNumber(.bitsPerSpike, 0.1, trained: [1], enough: -0.1)?.isInside == false)
        #expect(DriftNumber(.bitsPerSpike, 0.5, trained: [0.6], enough: 0.7)?.limit == 0.6 * 2 / 3)
    }

    private func view(
        _ maps: DriftView.Maps, bits: Double = 1, decoding: Double? = nil, electrodes: Double? = nil
    ) -> DriftView {
        DriftView(
            maps: maps,
            numbers: [
                DriftNumber(.bitsPerSpike, bits, trained: [1]),
                DriftNumber(.decoding, decoding, trained: [1]),
            ].compactMap { $0 }, decodedChannels: [:], electrodeAgreement: electrodes)
    }

    private func report(
        _ membership: DriftReport.Membership, _ asItStands: DriftView?, _ aligned: DriftView?
    ) -> DriftReport {
        DriftReport(
            run: "r", session: "s", date: "2024-01-01", membership: membership,
            asItStands: asItStands, align: { aligned })
    }

    @Test("verdicts follow from what is inside and from what can tell a turned map")
    func verdicts() {
        let good = view(.own, decoding: 0.9)
        let blind = view(.own)
        let badMap = view(.own, decoding: -1)
        let bad = view(.electrodes, bits: 0.1)
        #expect(report(.joined, good, badMap).verdict == .useAsIs)
        // Nothing is aligned where it isn't needed.
        #expect(report(.joined, good, badMap).aligned == nil)
        #expect(report(.joined, blind, nil).verdict == .undecided)
        #expect(report(.joined, view(.own, electrodes: 0.8), nil).verdict == .useAsIs)
        #expect(report(.joined, view(.own, electrodes: 0.2), nil).verdict == .undecided)
        #expect(report(.trained, view(.onlyDay), nil).verdict == .useAsIs)
        #expect(report(.none, view(.electrodes), nil).verdict == .useAsIs)
        #expect(report(.joined, badMap, nil).verdict == .retrain)
        #expect(report(.joined, badMap, view(.alignedByLabels, decoding: 1)).verdict == .extend)
        #expect(report(.none, bad, view(.alignedByLabels, decoding: 1)).verdict == .extend)
        #expect(report(.none, nil, view(.alignedByLabels, decoding: 1)).verdict == .extend)
        #expect(report(.none, bad, view(.alignedByLabels, bits: 0.1)).verdict == .retrain)
        #expect(report(.none, bad, view(.alignedWithoutLabels)).verdict == .undecided)
        #expect(report(.none, bad, view(.alignedWithoutLabels, electrodes: 0.9)).verdict == .extend)
        #expect(report(.none, nil, view(.alignedWithoutLabels, bits: 0.1)).verdict == .retrain)
        #expect(
            report(.joined, badMap, nil).reasons == [
                "as it stands, R² decoding, trained days' decoder: -1.000 is below 0.667",
                "spikes and the distribution of states are as on trained days: the map is wrong (turned, "
                    + "perhaps), not the dynamics", "it has no labels in common with the run to align it by",
            ])
    }
}
