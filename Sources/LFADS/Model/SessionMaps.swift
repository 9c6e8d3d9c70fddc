/// An affine map, y = W x + b.
public struct AffineMap: Sendable, Equatable {
    /// Row-major `[outputs, inputs]`.
    public let weights: [Float]
    /// `[outputs]`
    public let bias: [Float]

    /// Dimensions of y.
    public var outputs: Int { bias.count }
    /// Dimensions of x.
    public var inputs: Int { bias.isEmpty ? 0 : weights.count / bias.count }

    /// Makes a map of its weights and bias.
    ///
    /// - Parameters:
    ///   - weights: row-major `[outputs, inputs]`.
    ///   - bias: `[outputs]`.
    /// - Precondition: every output has as many weights.
    public init(weights: [Float], bias: [Float]) {
        precondition(
            bias.isEmpty ? weights.isEmpty : weights.count % bias.count == 0,
            "\(weights.count) weights for \(bias.count) outputs")
        self.weights = weights
        self.bias = bias
    }

    /// The same map from some of its inputs.
    ///
    /// - Parameter chosen: in the order wanted.
    public func selecting(inputs chosen: [Int]) -> AffineMap {
        let width = inputs
        return AffineMap(
            weights: (0..<outputs).flatMap { row in chosen.map { weights[row * width + $0] } }, bias: bias)
    }

    /// The same map to some of its outputs.
    ///
    /// - Parameter chosen: in the order wanted.
    public func selecting(outputs chosen: [Int]) -> AffineMap {
        let width = inputs
        return AffineMap(
            weights: chosen.flatMap { weights[($0 * width)..<(($0 + 1) * width)] },
            bias: chosen.map { bias[$0] })
    }
}

/// What a model has of one session alone: its maps from counts to the encoder and from factors to the
/// observation model, units in the model's order.
public struct SessionMaps: Sendable, Equatable {
    /// From the encoded units; `nil` where the encoder sees the counts themselves.
    public var readIn: AffineMap?
    /// To the parameters of the observation model: row `parameter · units + unit`.
    public var readOut: AffineMap

    /// Puts a session's maps together.
    ///
    /// - Parameters:
    ///   - readIn: from the encoded units; `nil` where the encoder sees the counts themselves.
    ///   - readOut: to the parameters of the observation model.
    public init(readIn: AffineMap?, readOut: AffineMap) {
        self.readIn = readIn
        self.readOut = readOut
    }

    /// The read-out of some units, in the order wanted: one block of units per parameter.
    public func readOut(ofUnits chosen: [Int], _ observation: ObservationModel) -> AffineMap {
        let blocks = observation.parametersPerUnit
        let units = readOut.outputs / blocks
        return readOut.selecting(outputs: (0..<blocks).flatMap { block in chosen.map { block * units + $0 } })
    }
}

extension ParameterTable {
    /// A session's maps among parameters of this table.
    ///
    /// - Parameter session: place in the table.
    func maps(ofSession session: Int, in parameters: UnsafePointer<Float>) -> SessionMaps {
        func map(_ place: Affine) -> AffineMap {
            func values(_ offset: Int, _ count: Int) -> [Float] {
                Array(UnsafeBufferPointer(start: parameters + offset, count: count))
            }
            return AffineMap(
                weights: values(place.weights, place.outputs * place.inputs),
                bias: values(place.bias, place.outputs))
        }
        return SessionMaps(
            readIn: sessions[session].readIn.map(map), readOut: map(sessions[session].readOut))
    }

    /// A session's maps among parameters of this table.
    ///
    /// - Parameters:
    ///   - session: place in the table.
    ///   - parameters: all of them, in the table's order.
    /// - Precondition: as many parameters as the table has.
    public func maps(ofSession session: Int, in parameters: [Float]) -> SessionMaps {
        precondition(parameters.count == count, "\(parameters.count) parameters for \(count)")
        return parameters.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                preconditionFailure("a table of sessions has parameters")
            }
            return maps(ofSession: session, in: base)
        }
    }

    /// Puts a session's maps among parameters of this table.
    ///
    /// - Parameters:
    ///   - maps: the new read-in and read-out.
    ///   - session: place in the table.
    ///   - parameters: all of them, in the table's order.
    /// - Throws: `LFADSError.parameterMismatch` for maps of other extents.
    public func put(
        _ maps: SessionMaps, ofSession session: Int, into parameters: inout [Float]
    ) throws {
        precondition(parameters.count == count, "\(parameters.count) parameters for \(count)")
        let places = sessions[session]
        let name = sessionNames[session]
        guard (maps.readIn == nil) == (places.readIn == nil) else {
            throw LFADSError.parameterMismatch(
                name: TensorName.weights(TensorName.readIn(name)),
                expected: places.readIn == nil ? "no such tensor" : "a tensor of this model",
                found: maps.readIn == nil ? "no such tensor" : "a tensor")
        }
        func put(_ map: AffineMap, _ place: Affine, _ name: String) throws {
            guard (map.outputs, map.inputs) == (place.outputs, place.inputs) else {
                throw LFADSError.parameterMismatch(
                    name: TensorName.weights(name), expected: "shape [\(place.outputs), \(place.inputs)]",
                    found: "shape [\(map.outputs), \(map.inputs)]")
            }
            parameters.replaceSubrange(
                place.weights..<(place.weights + map.weights.count), with: map.weights)
            parameters.replaceSubrange(place.bias..<(place.bias + map.bias.count), with: map.bias)
        }
        if let map = maps.readIn, let place = places.readIn {
            try put(map, place, TensorName.readIn(name))
        }
        try put(maps.readOut, places.readOut, TensorName.readOut(name))
    }
}

extension StitchedModel {
    /// A session's read-in and read-out.
    ///
    /// - Precondition: the model has a session of that name.
    public func maps(ofSession name: String) -> SessionMaps {
        table.maps(ofSession: place(ofSession: name), in: parameters.base)
    }

    /// Replaces a session's read-in and read-out.
    ///
    /// - Precondition: the model has a session of that name.
    /// - Throws: `LFADSError.parameterMismatch` for maps of other extents.
    public func setMaps(_ maps: SessionMaps, ofSession name: String) throws {
        var values = parameterValues
        try table.put(maps, ofSession: place(ofSession: name), into: &values)
        setParameters(values)
    }

    /// What all sessions share: the leading parameters, the same for any sessions of one configuration.
    public var sharedParameters: [Float] {
        Array(UnsafeBufferPointer(start: parameters.base, count: table.sharedCount))
    }

    /// A model of one session: the shared part of another model, and the session's own maps.
    ///
    /// - Throws: `LFADSError.invalidConfiguration`, `.invalidData`, and `.parameterMismatch` for shared
    ///   parameters or maps of another configuration.
    public convenience init(
        _ configuration: ModelConfiguration, sharedParameters: [Float], session: SessionShape,
        maps: SessionMaps, threads: Int
    ) throws {
        let table = try Self.table(configuration, [session])
        guard sharedParameters.count == table.sharedCount else {
            throw LFADSError.parameterMismatch(
                name: "shared parameters", expected: "\(table.sharedCount) elements",
                found: "\(sharedParameters.count)")
        }
        var parameters =
            sharedParameters + [Float](repeating: 0, count: table.count - table.sharedCount)
        try table.put(maps, ofSession: 0, into: &parameters)
        try self.init(configuration, sessions: [session], parameters: parameters, threads: threads)
    }
}
