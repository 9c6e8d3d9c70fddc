import Foundation

/// The protocol of `TrialStream` in lines: one line of JSON in, one line of JSON out.
///
/// `{"id": 7, "counts": [[…], …]}` is a trial, `{"bins": [[…], …]}` the newest bins of a window as long as
/// the encoder sees; `null` in either is a unit that was not observed in a bin; `external_inputs` go with `counts`. An answer has `id` as it was, `factors`, and
/// `rates_hz` (`means` where the values are no counts), or `waiting_for_bins`, or `error` and `line`.
public struct StreamAnswers {
    /// The answer to one line.
    public struct Answer: Sendable, Equatable {
        /// A JSON object in one line, without its end.
        public let text: String
        /// Whether it says why there is no answer.
        public let isError: Bool
    }

    private let stream: TrialStream
    private var window: BinWindow
    private let decoder = JSONDecoder()
    private var line = 0

    /// Begins to answer, with an empty window.
    public init(_ stream: TrialStream) {
        self.stream = stream
        window = stream.emptyWindow
    }

    private struct Request: Decodable {
        let id: StreamIdentifier?
        let counts: [[Float]]?
        let bins: [[Float]]?
        let externalInputs: [[Float]]?

        enum CodingKeys: String, CodingKey {
            case id, counts, bins
            case externalInputs = "external_inputs"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func samples(_ key: CodingKeys) throws -> [[Float]]? {
                // Nearly all rows have no gap, and are plain numbers.
                if let rows = try? container.decodeIfPresent([[Float]].self, forKey: key) { return rows }
                return try container.decodeIfPresent([[Float?]].self, forKey: key)?.map {
                    $0.map { $0 ?? .nan }
                }
            }
            id = try container.decodeIfPresent(StreamIdentifier.self, forKey: .id)
            counts = try samples(.counts)
            bins = try samples(.bins)
            externalInputs = try container.decodeIfPresent([[Float]].self, forKey: .externalInputs)
        }
    }

    /// Answers the next line; what can't be answered gets an answer that says why.
    public mutating func answer(to text: String) -> Answer {
        line += 1
        var identifier: StreamIdentifier?
        do {
            let request = try read(text)
            identifier = request.id
            switch (request.counts, request.bins) {
            case (let counts?, nil):
                let inferred = try stream.infer(
                    counts: counts, externalInputs: request.externalInputs)
                return Answer(text: quantities(inferred, identifier), isError: false)
            case (nil, let bins?):
                guard let inferred = try stream.infer(newest: bins, in: &window) else {
                    return Answer(
                        text: object(
                            identifier, [("waiting_for_bins", "\(window.missingBinCount)")]),
                        isError: false)
                }
                return Answer(text: quantities(inferred, identifier), isError: false)
            default: throw TrialStreamError.notOneRequest
            }
        } catch {
            let message = (try? encoded("\(error)")) ?? "\"\""
            return Answer(
                text: object(identifier, [("error", message), ("line", "\(line)")]), isError: true)
        }
    }

    private func read(_ text: String) throws -> Request {
        do {
            return try decoder.decode(Request.self, from: Data(text.utf8))
        } catch {
            throw TrialStreamError.notExpectedJSON(units: stream.unitCount)
        }
    }

    // MARK: JSON

    private func quantities(_ inferred: TrialStream.Inferred, _ id: StreamIdentifier?) -> String {
        let perSecond = stream.isPoisson ? Float(1000 / stream.binMilliseconds) : 1
        let factors = rows(inferred.bins.lazy.map { inferred.factors[0, $0] }, scale: 1)
        let rates = rows(inferred.bins.lazy.map { inferred.means[0, $0] }, scale: perSecond)
        return object(id, [("factors", factors), (stream.isPoisson ? "rates_hz" : "means", rates)])
    }

    private func encoded(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    private func object(_ id: StreamIdentifier?, _ pairs: [(String, String)]) -> String {
        let identifier = id.flatMap { try? encoded($0) }.map { [("id", $0)] } ?? []
        return "{" + (identifier + pairs).map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// As few digits as give the same float back. Written by hand: an encoder takes longer for a trial
    /// than the model does.
    private func rows(_ bins: some Sequence<ArraySlice<Float>>, scale: Float) -> String {
        var text = "["
        var isFirstBin = true
        for values in bins {
            text += isFirstBin ? "[" : ",["
            isFirstBin = false
            var isFirst = true
            for value in values {
                if !isFirst { text += "," }
                isFirst = false
                let scaled = value * scale
                text += scaled.isFinite ? scaled.description : "null"
            }
            text += "]"
        }
        return text + "]"
    }
}

/// A number or a text that comes back as it was.
private enum StreamIdentifier: Codable {
    case whole(Int)
    case large(UInt)
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int.self) {
            self = .whole(value)
        } else if let value = try? container.decode(UInt.self) {
            self = .large(value)
        } else if let value = try? container.decode(Double.self) {
            // A larger whole number would come back as another one.
            guard abs(value) < 9_007_199_254_740_992 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a number of 64 bits")
            }
            self = .number(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .whole(let value): try container.encode(value)
        case .large(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        }
    }
}
