/// Forward and backward over the shards of an update that are this process's own, each into a gradient of its own.
///
/// Unchecked: an item writes to its shard's gradient and its worker's workspace alone.
final class GradientPass: SharedWork, @unchecked Sendable {
    let plan: UpdatePlan
    let shards: Range<Int>
    let reduction: GradientReduction
    /// Of the update that is being computed.
    var context: PassContext?
    private let workspaces: [SliceWorkspace]
    private let losses: RowLosses
    private let gradients: [FloatBuffer]
    /// What travels from process to process; `nil` where there is one.
    private var travelling: TravellingSums?
    private let table: ParameterTable

    /// - Parameter shards: all of the plan's, unless other processes compute some.
    init(
        _ table: ParameterTable, _ plan: UpdatePlan, _ shards: Range<Int>, workspaces: [SliceWorkspace],
        losses: RowLosses, gradient: FloatBuffer, workers: Int
    ) {
        self.table = table
        self.plan = plan
        self.shards = shards
        self.losses = losses
        self.workspaces = workspaces
        gradients = plan.layouts[shards].map { FloatBuffer($0.count) }
        reduction = GradientReduction(
            table, plan, shards, from: gradients, into: gradient, workers: workers)
    }

    /// Takes every workspace through a slice, so that none has to grow later: which worker meets which
    /// shard, and whether it meets any in the first update, is chance. What it leaves is overwritten.
    func makeRoom(_ context: PassContext, _ weights: LossWeights) {
        guard let first = shards.first else { return }
        let gradient = ShardGradient(base: gradients[0].base, layout: plan.layouts[first])
        for workspace in workspaces {
            workspace.train(context, weights, losses, plan.slice(0, ofShard: first), gradient)
        }
    }

    var itemCount: Int { shards.count }

    func perform(_ item: Int, worker: Int) {
        guard let context, let weights = context.loss else { return }
        let shard = shards.lowerBound + item
        let layout = plan.layouts[shard]
        gradients[item].setToZero(layout.count)
        let gradient = ShardGradient(base: gradients[item].base, layout: layout)
        for index in 0..<plan.slicesPerShard {
            workspaces[worker].train(
                context, weights, losses, plan.slice(index, ofShard: shard), gradient)
        }
    }

    /// Puts together what the processes have computed, in the flat gradient and in the rows' losses.
    ///
    /// - Throws: what the relay throws.
    func combine(_ relay: any Relay, _ team: WorkerTeam) throws {
        let travelling = travelling ?? TravellingSums(table, reduction, rows: plan.rowCount)
        self.travelling = travelling
        let first = shards.first.map { plan.shards.range($0).lowerBound } ?? 0
        let end = shards.last.map { plan.shards.range($0).upperBound } ?? 0
        try travelling.combine(reduction, losses, own: first..<end, relay, team)
    }

    var byteCount: Int { gradients.reduce(0) { $0 + $1.byteCount } + (travelling?.byteCount ?? 0) }
}
