import Alignment

/// One row a session: what tells a user which day will not stitch.
enum AlignmentTable {
    struct Row: Encodable {
        let session: String
        let units: Int
        let trials: Int
        let conditions: Int
        let heldOutR2: Double?
        let conditionAgreement: Double?
        let geometryAgreement: Double?
        let geometryChance: Double?
        let warnings: [String]
    }

    static func rows(_ alignment: AlignedDays) -> [Row] {
        alignment.days.map {
            Row(
                session: $0.session, units: $0.units, trials: $0.trials, conditions: $0.conditions,
                heldOutR2: $0.heldOutR2.isFinite ? $0.heldOutR2 : nil,
                conditionAgreement: $0.conditionAgreement, geometryAgreement: $0.geometryAgreement,
                geometryChance: $0.geometryChance, warnings: $0.warnings)
        }
    }

    static func text(_ alignment: AlignedDays) -> String {
        guard alignment.days.count > 1 else {
            // The other figures compare days.
            return Terminal.table(
                ["session", "units", "trials"],
                rows(alignment).map { [$0.session, "\($0.units)", "\($0.trials)"] })
        }
        return Terminal.table(
            [
                "session", "units", "trials", "conditions", "R² held out", "condition agreement",
                "geometry", "by chance",
            ],
            rows(alignment).map {
                [
                    $0.session, "\($0.units)", "\($0.trials)", "\($0.conditions)",
                    Terminal.number($0.heldOutR2), Terminal.number($0.conditionAgreement),
                    Terminal.number($0.geometryAgreement), Terminal.number($0.geometryChance),
                ]
            })
    }
}
