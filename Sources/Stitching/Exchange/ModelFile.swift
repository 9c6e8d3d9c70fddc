import Alignment
import ArrayFiles
import LFADS

/// A model under the names that the PyTorch implementation has for it, as it stands in one HDF5 file:
/// how a run goes to Python, and how a model that was trained there comes here.
///
/// Sessions are numbered, as there (`readin.0.weight`); names, units and what the days share stand
/// beside the tensors where the file knows them. Layout in `docs/file-formats.md`.
struct ModelFile {
    static let format = "neurostitch-model"
    static let layoutVersion = 1

    /// One session as the file describes it.
    struct Session: Equatable {
        /// `nil` in a file that doesn't name its sessions.
        var name: String?
        var revision: Int?
        var contentHash: String?
        var binMilliseconds: Double?
        /// In the order of the read-out's rows, encoded units first; `nil` where the file doesn't say.
        var unitNames: [String]?
        /// Place in the recording of each of them; for readers of the file.
        var unitPlaces: [Int]?
        var encodedUnitCount: Int
        var unitCount: Int
    }

    /// The run that it was written from.
    var run: String?
    /// Of the parameters, from 1; `nil` where they come from no epoch.
    var epoch: Int?
    /// What the group `config` says; `model.readIn` is the file's own.
    var settings: StitchSettings
    var sessions: [Session]
    var trajectories: SharedTrajectories?
    /// With sessions called "0", "1", …
    let table: ParameterTable
    /// All parameters, in the order of `table`.
    var parameters: [Float]

    /// The table of a model whose sessions are numbered.
    static func table(_ model: ModelConfiguration, _ sessions: [Session]) -> ParameterTable {
        ParameterTable(
            model,
            sessions: sessions.enumerated().map {
                SessionShape(
                    name: "\($0.offset)", encodedUnitCount: $0.element.encodedUnitCount,
                    unitCount: $0.element.unitCount)
            })
    }

    /// The file's name for a tensor of one session, whatever that is called in its own table.
    static func name(of tensor: ParameterTable.Tensor, session: Int) -> String {
        let number = "\(session)"
        let map =
            tensor.role == .readIn ? TensorName.readIn(number) : TensorName.readOut(number)
        // Of a map, weights have two axes.
        return tensor.shape.count == 1 ? TensorName.bias(map) : TensorName.weights(map)
    }

    /// Tensors of the reference that have no place in the table here, because they are never anything
    /// but zero or take no part: the recurrent biases, and the state of a controller that isn't there.
    ///
    /// - Returns: by name, with shapes, and whether the reference trains them.
    static func tensorsWithoutEffect(
        _ model: ModelConfiguration, _ table: ParameterTable
    ) -> [(name: String, shape: [Int], isTrained: Bool)] {
        var result = table.tensors.compactMap { tensor in
            TensorName.recurrentBias(beside: tensor.name).map {
                (name: $0, shape: tensor.shape, isTrained: false)
            }
        }
        if !model.hasController {
            result.append((TensorName.controllerState, [1, model.controllerUnits], true))
        }
        return result
    }
}
