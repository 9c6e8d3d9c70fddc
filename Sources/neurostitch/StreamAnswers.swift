import Foundation
import Stitching

/// One line of JSON in, one line of JSON out.
struct StreamAnswers {
    private let stream: TrialStream
    private var window: BinWindow
    private let decoder = JSONDecoder()
    private var line = 0

    init(_ stream: TrialStream) {
        self.stream = stream
        window = BinWindow(width: stream.unitCount, capacity: stream.encodedBinCount)
    }

    private struct Request: Decodable {
        let id: Identifier?
        let counts: [[Float]]?
        let bins: [[Float]]?
        let externalInputs: [[Float]]?

        enum CodingKeys: String, CodingKey {
            case id, counts, bins
            case externalInputs = "external_inputs"
        }
    }

    /// A number or a text that comes back as it was.
    private enum Identifier: Codable {
        case whole(Int)
        case number(Double)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int.self) {
                self = .whole(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .whole(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .text(let value): try container.encode(value)
            }
        }
    }

    private struct Problem: Error {
        let text: String
    }

    /// - Returns: the answer, and whether it is an error.
    mutating func answer(to text: String) -> (text: String, isError: Bool) {
        line += 1
        var identifier: Identifier?
        do {
            let request: Request
            do {
                request = try decoder.decode(Request.self, from: Data(text.utf8))
            } catch {
                throw Problem(
                    text: "not the JSON that is expected: {\"counts\": [[…], …]} or {\"bins\": [[…], …]}, "
                        + "numbers in rows of \(stream.unitCount) units")
            }
            identifier = request.id
            switch (request.counts, request.bins) {
            case (let counts?, nil): return (try trial(counts, request), false)
            case (nil, let bins?): return (try newest(bins, request), false)
            default: throw Problem(text: "expected one of \"counts\" and \"bins\"")
            }
        } catch let problem as Problem {
            return (error(problem.text, identifier), true)
        } catch let unexpected {
            return (error("\(unexpected)", identifier), true)
        }
    }

    private func trial(_ counts: [[Float]], _ request: Request) throws -> String {
        guard counts.count == stream.binCount || counts.count == stream.encodedBinCount else {
            throw Problem(
                text: "\(counts.count) bins, but a trial has \(stream.binCount)"
                    + (stream.encodedBinCount < stream.binCount
                        ? " (or the \(stream.encodedBinCount) that the encoder sees)" : ""))
        }
        let values = try flat(counts, "counts")
        let inputs = try externalInputs(request)
        let inferred = try stream.infer(values: values, externalInputs: inputs)
        return text(inferred, 0..<inferred.bins, request.id)
    }

    private mutating func newest(_ bins: [[Float]], _ request: Request) throws -> String {
        guard !bins.isEmpty, bins.count <= stream.encodedBinCount else {
            throw Problem(
                text: "\(bins.count) bins, but a window takes 1 to \(stream.encodedBinCount) at a time")
        }
        guard stream.externalInputCount == 0 else {
            throw Problem(text: "a run with external inputs takes whole trials, \"counts\", only")
        }
        window.append(try flat(bins, "bins"))
        guard window.isFull else {
            return Self.object(
                [("id", try encoded(request.id))],
                [("waiting_for_bins", "\(stream.encodedBinCount - window.bins)")])
        }
        let inferred = try stream.infer(values: window.values)
        let end = stream.encodedBinCount
        return text(inferred, (end - bins.count)..<end, request.id)
    }

    private func flat(_ rows: [[Float]], _ what: String) throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(rows.count * stream.unitCount)
        for (bin, row) in rows.enumerated() {
            guard row.count == stream.unitCount else {
                throw Problem(
                    text: "\(what)[\(bin)] has \(row.count) numbers, but the session has "
                        + "\(stream.unitCount) units")
            }
            if let place = row.firstIndex(where: { !$0.isFinite || (stream.isPoisson && $0 < 0) }) {
                throw Problem(text: "\(what)[\(bin)][\(place)] is \(row[place]), which is no count")
            }
            values += row
        }
        return values
    }

    private func externalInputs(_ request: Request) throws -> [Float] {
        guard let rows = request.externalInputs else {
            guard stream.externalInputCount == 0 else {
                throw Problem(
                    text: "the run has \(stream.externalInputCount) external inputs: give "
                        + "\"external_inputs\", \(stream.binCount) bins of them")
            }
            return []
        }
        guard rows.count == stream.binCount,
            rows.allSatisfy({ $0.count == stream.externalInputCount && $0.allSatisfy(\.isFinite) })
        else {
            throw Problem(
                text: "external_inputs must be \(stream.binCount) bins × "
                    + "\(stream.externalInputCount) numbers")
        }
        return rows.flatMap { $0 }
    }

    // MARK: JSON

    private func text(_ inferred: TrialStream.Inferred, _ bins: Range<Int>, _ id: Identifier?) -> String {
        let perSecond = stream.isPoisson ? Float(1000 / stream.binMilliseconds) : 1
        let factors = Self.rows(inferred.factors, bins, stream.factorCount, scale: 1)
        let rates = Self.rows(inferred.means, bins, stream.unitCount, scale: perSecond)
        return Self.object(
            [("id", try? encoded(id))],
            [("factors", factors), (stream.isPoisson ? "rates_hz" : "means", rates)])
    }

    private func error(_ message: String, _ id: Identifier?) -> String {
        Self.object(
            [("id", try? encoded(id))],
            [("error", (try? encoded(message)) ?? "\"\""), ("line", "\(line)")])
    }

    private func encoded(_ value: (some Encodable)?) throws -> String? {
        guard let value else { return nil }
        return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    private static func object(_ optional: [(String, String?)], _ pairs: [(String, String)]) -> String {
        let all = optional.compactMap { name, value in value.map { (name, $0) } } + pairs
        return "{" + all.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// As few digits as give the same float back. Written by hand: an encoder takes longer for a trial
    /// than the model does.
    private static func rows(_ values: [Float], _ bins: Range<Int>, _ width: Int, scale: Float) -> String {
        var text = "["
        text.reserveCapacity(bins.count * width * 12)
        for bin in bins {
            text += bin == bins.lowerBound ? "[" : ",["
            for column in 0..<width {
                if column > 0 { text += "," }
                let value = values[bin * width + column] * scale
                text += value.isFinite ? value.description : "null"
            }
            text += "]"
        }
        return text + "]"
    }
}
