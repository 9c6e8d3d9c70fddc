import CKernels

/// A matrix [inner, columns] in the buffer of packed parameters.
struct PackedMatrix: Sendable {
    let place: Int
    let inner: Int
    let columns: Int
}

/// An affine map's weights for the way forward, [inputs, outputs], and back, [outputs, inputs].
struct PackedAffine: Sendable {
    let outputs: Int, inputs: Int
    let forward: PackedMatrix
    let bias: PackedMatrix
    let backward: PackedMatrix
}

/// A recurrent cell. Update and reset gate stand side by side; the candidate is apart, since its
/// recurrent product needs the reset gate's result.
struct PackedCell: Sendable {
    let inputs: Int, units: Int
    let inputToGates: PackedMatrix, stateToGates: PackedMatrix, gateBias: PackedMatrix
    let inputToCandidate: PackedMatrix, stateToCandidate: PackedMatrix, candidateBias: PackedMatrix
    /// Backward: from the gradients of [z, r] and of n to the state, and from all three to the input.
    let gatesToState: PackedMatrix, candidateToState: PackedMatrix, toInput: PackedMatrix
}

struct PackedEncoder: Sendable {
    let forward: PackedCell, backward: PackedCell
}

/// What a model has only if it infers inputs.
struct PackedController: Sendable {
    let inputEncoder: PackedEncoder
    let cell: PackedCell
    let inferredInputPosterior: PackedAffine
    /// The leading columns of the generator's input weights: back to the inferred inputs alone.
    let generatorToInferredInputs: PackedMatrix
}

/// All weights as the products read them, packed once an update and shared by all shards.
///
/// Unchecked: `pack` writes disjoint parts from several threads; reading begins when all are done.
final class PackedParameters: @unchecked Sendable {
    private let buffer: FloatBuffer
    private let jobs: [Job]
    let initialConditionEncoder: PackedEncoder
    let initialConditionPosterior: PackedAffine
    let controller: PackedController?
    let generatorStart: PackedAffine
    let generator: PackedCell
    /// Rows at unit length: to the factors, and back.
    let factors: PackedMatrix
    let factorsBackward: PackedMatrix
    let readIns: [PackedAffine?]
    let readOuts: [PackedAffine]

    private struct Job {
        var target: PackedMatrix
        var source: Int
        var innerStride: Int, columnStride: Int
        var isNormalizedFactors = false
    }

    init(_ model: ModelConfiguration, _ table: ParameterTable) {
        var jobs: [Job] = []
        var count = 0
        func matrix(
            inner: Int, columns: Int, source: Int, innerStride: Int, columnStride: Int,
            isNormalizedFactors: Bool = false
        ) -> PackedMatrix {
            let result = PackedMatrix(place: count, inner: inner, columns: columns)
            jobs.append(
                Job(
                    target: result, source: source, innerStride: innerStride,
                    columnStride: columnStride, isNormalizedFactors: isNormalizedFactors))
            count += (inner * products.pointee.padded_columns(columns) + 15) / 16 * 16
            return result
        }
        /// W [outputs, inputs] as stored, for x·Wᵀ.
        func forward(_ weights: Int, outputs: Int, inputs: Int) -> PackedMatrix {
            matrix(
                inner: inputs, columns: outputs, source: weights, innerStride: 1,
                columnStride: inputs)
        }
        /// The same for dy·W; `columns` of the inputs from the first.
        func backward(_ weights: Int, outputs: Int, inputs: Int, columns: Int? = nil) -> PackedMatrix {
            matrix(
                inner: outputs, columns: columns ?? inputs, source: weights, innerStride: inputs,
                columnStride: 1)
        }
        func bias(_ place: Int, _ outputs: Int) -> PackedMatrix {
            matrix(inner: 1, columns: outputs, source: place, innerStride: 0, columnStride: 1)
        }
        func affine(_ map: ParameterTable.Affine) -> PackedAffine {
            PackedAffine(
                outputs: map.outputs, inputs: map.inputs,
                forward: forward(map.weights, outputs: map.outputs, inputs: map.inputs),
                bias: bias(map.bias, map.outputs),
                backward: backward(map.weights, outputs: map.outputs, inputs: map.inputs))
        }
        func cell(_ cell: ParameterTable.Cell) -> PackedCell {
            let (u, i) = (cell.units, cell.inputs)
            return PackedCell(
                inputs: i, units: u,
                inputToGates: forward(cell.inputWeights, outputs: 2 * u, inputs: i),
                stateToGates: forward(cell.recurrentWeights, outputs: 2 * u, inputs: u),
                gateBias: bias(cell.bias, 2 * u),
                inputToCandidate: forward(cell.inputWeights + 2 * u * i, outputs: u, inputs: i),
                stateToCandidate: forward(cell.recurrentWeights + 2 * u * u, outputs: u, inputs: u),
                candidateBias: bias(cell.bias + 2 * u, u),
                gatesToState: backward(cell.recurrentWeights, outputs: 2 * u, inputs: u),
                candidateToState: backward(
                    cell.recurrentWeights + 2 * u * u, outputs: u, inputs: u),
                toInput: backward(cell.inputWeights, outputs: 3 * u, inputs: i))
        }
        func encoder(_ encoder: ParameterTable.Encoder) -> PackedEncoder {
            PackedEncoder(forward: cell(encoder.forward), backward: cell(encoder.backward))
        }
        initialConditionEncoder = encoder(table.initialConditionEncoder)
        initialConditionPosterior = affine(table.initialConditionPosterior)
        controller = table.controller.map {
            PackedController(
                inputEncoder: encoder($0.inputEncoder), cell: cell($0.cell),
                inferredInputPosterior: affine($0.inferredInputPosterior),
                generatorToInferredInputs: backward(
                    table.generator.inputWeights, outputs: 3 * table.generator.units,
                    inputs: table.generator.inputs, columns: model.inferredInputCount))
        }
        generatorStart = affine(table.generatorStart)
        generator = cell(table.generator)
        factors = matrix(
            inner: model.generatorUnits, columns: model.factorCount, source: 0, innerStride: 1,
            columnStride: model.generatorUnits, isNormalizedFactors: true)
        factorsBackward = matrix(
            inner: model.factorCount, columns: model.generatorUnits, source: 0,
            innerStride: model.generatorUnits, columnStride: 1, isNormalizedFactors: true)
        readIns = table.sessions.map { $0.readIn.map(affine) }
        readOuts = table.sessions.map { affine($0.readOut) }
        buffer = FloatBuffer(count)
        self.jobs = jobs
    }

    var jobCount: Int { jobs.count }
    var byteCount: Int { buffer.byteCount }

    /// - Parameter normalizedFactors: rows of the factor matrix at unit length.
    func pack(
        job index: Int, parameters: UnsafePointer<Float>, normalizedFactors: UnsafePointer<Float>
    ) {
        let job = jobs[index]
        let source = job.isNormalizedFactors ? normalizedFactors : parameters
        products.pointee.pack(
            job.target.inner, job.target.columns, source + job.source, job.innerStride,
            job.columnStride, buffer.base + job.target.place)
    }

    @inline(__always)
    func pointer(_ matrix: PackedMatrix) -> UnsafePointer<Float> {
        UnsafePointer(buffer.base + matrix.place)
    }

    /// Rows of A times a packed matrix.
    @inline(__always)
    func term(_ a: UnsafePointer<Float>, leading: Int, _ matrix: PackedMatrix) -> product_term {
        product_term(
            a: a, row_stride: leading, inner_stride: 1, inner: matrix.inner, panels: pointer(matrix))
    }
}

/// All packing jobs, shared out.
final class Packing: SharedWork, @unchecked Sendable {
    private let packed: PackedParameters
    private let parameters: FloatBuffer
    private let factors: FactorNormalization

    init(_ packed: PackedParameters, _ parameters: FloatBuffer, _ factors: FactorNormalization) {
        self.packed = packed
        self.parameters = parameters
        self.factors = factors
    }

    var itemCount: Int { packed.jobCount }

    func perform(_ item: Int, worker: Int) {
        packed.pack(
            job: item, parameters: parameters.base, normalizedFactors: factors.normalized.base)
    }
}
