/// What the drift monitor keeps of one day, seen in one way.
struct DriftDay {
    let name: String
    /// Of held-out trials; `nil` for runs that are not Poisson.
    let bitsPerSpike: Double?
    /// What the day's own PSTHs predict of the same trials; `nil` without labels.
    let bitsPerSpikeOfAverages: Double?
    /// All usual trials, for decoders of other days.
    let decoding: DecodableFactors
    /// R² by channel of a decoder that is fitted on the day's training trials, on its held-out ones.
    let within: [Double?]
    let factorMeans: ConditionMeans
    let factorDistribution: StateDistribution
    /// Between the distributions of every other trial and the trials between them: what distance is
    /// worth when nothing changes.
    let distanceOfHalves: Double?

    init(_ day: InferredDay, _ plan: DecodingPlan) throws {
        name = day.record.name
        bitsPerSpike = day.heldOutBitsPerSpike
        bitsPerSpikeOfAverages = day.bitsPerSpikeOfAverages(day.smoothedCounts, trials: day.heldOutTrials)
        let usual = day.usualTrials
        let behavior = DecodingDay(day.recording, plan)
        decoding = DecodableFactors(behavior, day.factors, trials: usual)
        within =
            plan.channels.isEmpty
            ? []
            : try BehaviorDecoder.scores(
                behavior, day.factors, training: day.trainingTrials, tested: day.heldOutTrials
            ).values
        factorMeans = ConditionMeans(day.factors, labels: day.conditions, trials: usual)
        factorDistribution = StateDistribution(day.factors, trials: usual)
        let halves = [0, 1].map { half in
            StateDistribution(
                day.factors, trials: usual.indices.filter { $0 % 2 == half }.map { usual[$0] })
        }
        distanceOfHalves = usual.count > 1 ? try halves[0].distance(to: halves[1]) : nil
    }
}
