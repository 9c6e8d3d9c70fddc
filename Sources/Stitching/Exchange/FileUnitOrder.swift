import LFADS

/// How a session's units stand in a model file, encoded ones first, and where the model has them.
///
/// The model here keeps units in an order of its own, by content; a user of the file knows the
/// recording's.
struct FileUnitOrder {
    /// Place in the recording of each unit of the file.
    let places: [Int]
    /// Place in the model of each unit of the file.
    private let modelPlaces: [Int]

    /// The recording's order, held-out units after the encoded ones.
    init(_ session: PreparedSession) {
        let units = session.recording.units
        self.init(
            session,
            places: units.indices.filter { !units[$0].heldOut } + units.indices.filter { units[$0].heldOut })
    }

    /// - Parameter places: in the recording, each unit once, encoded ones first.
    init(_ session: PreparedSession, places: [Int]) {
        self.places = places
        modelPlaces = places.map { session.unitPlaces[$0] }
    }

    /// For every element of a session's tensor as the file has it, its place in the model's tensor.
    ///
    /// Read-in weights have a column per encoded unit; read-outs have a row per unit and parameter of the
    /// observation model, `parameter · units + unit`.
    func sources(of tensor: ParameterTable.Tensor) -> [Int] {
        switch (tensor.role, tensor.shape.count) {
        case (.readIn, 2):
            let width = tensor.shape[1]
            return (0..<tensor.shape[0]).flatMap { row in
                (0..<width).map { row * width + modelPlaces[$0] }
            }
        case (.readOut, _):
            let units = modelPlaces.count
            let width = tensor.shape.dropFirst().reduce(1, *)
            return (0..<(tensor.shape[0] / units)).flatMap { block in
                modelPlaces.flatMap { unit in
                    (0..<width).map { (block * units + unit) * width + $0 }
                }
            }
        default: return Array(0..<tensor.count)
        }
    }
}
