/// What one value of an evaluation is the value of: a metric of a session as a whole, or of one channel of
/// its behaviour.
public struct MetricKey: Sendable, Hashable {
    /// What was measured.
    public let metric: Metric
    /// The channel of behaviour; `nil` for the session's own value, which for decoding is the mean over the
    /// channels.
    public let channel: String?

    /// The key of a metric, or of one of its channels.
    public init(_ metric: Metric, channel: String? = nil) {
        self.metric = metric
        self.channel = channel
    }

    /// Its name in files and in the registry: that of the metric, and `METRIC/CHANNEL` for a channel.
    public var name: String {
        channel.map { "\(metric.rawValue)/\($0)" } ?? metric.rawValue
    }

    /// Reads such a name; `nil` where it begins with no metric that this version knows.
    public init?(name: String) {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let metric = parts.first.flatMap({ Metric(rawValue: String($0)) }) else { return nil }
        self.init(metric, channel: parts.count > 1 ? String(parts[1]) : nil)
    }
}

extension MetricKey: Codable {
    /// Decodes a key from its name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let key = MetricKey(name: name) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(name) is no metric")
        }
        self = key
    }

    /// Encodes a key as its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
