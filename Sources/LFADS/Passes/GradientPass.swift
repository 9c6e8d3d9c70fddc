/// Forward and backward over the shards of an update, each into a gradient of its own.
///
/// Unchecked: an item writes to its shard's gradient and its worker's workspace alone.
final class GradientPass: SharedWork, @unchecked Sendable {
    let plan: UpdatePlan
    let reduction: GradientReduction
    /// Of the update that is being computed.
    var context: PassContext?
    private let workspaces: [SliceWorkspace]
    private let losses: RowLosses
    private let gradients: [FloatBuffer]

    init(
        _ table: ParameterTable, _ plan: UpdatePlan, workspaces: [SliceWorkspace],
        losses: RowLosses, gradient: FloatBuffer, workers: Int
    ) {
        self.plan = plan
        self.losses = losses
        self.workspaces = workspaces
        gradients = plan.layouts.map { FloatBuffer($0.count) }
        reduction = GradientReduction(
            table, plan, from: gradients, into: gradient, workers: workers)
    }

    /// Takes every workspace through a slice, so that none has to grow later: which worker meets which
    /// shard, and whether it meets any in the first update, is chance. What it leaves is overwritten.
    func makeRoom(_ context: PassContext, _ weights: LossWeights) {
        let gradient = ShardGradient(base: gradients[0].base, layout: plan.layouts[0])
        for workspace in workspaces {
            workspace.train(context, weights, losses, plan.slice(0, ofShard: 0), gradient)
        }
    }

    var itemCount: Int { plan.shards.parts }

    func perform(_ shard: Int, worker: Int) {
        guard let context, let weights = context.loss else { return }
        let layout = plan.layouts[shard]
        gradients[shard].setToZero(layout.count)
        let gradient = ShardGradient(base: gradients[shard].base, layout: layout)
        for index in 0..<plan.slicesPerShard {
            workspaces[worker].train(
                context, weights, losses, plan.slice(index, ofShard: shard), gradient)
        }
    }

    var byteCount: Int { gradients.reduce(0) { $0 + $1.byteCount } }
}
