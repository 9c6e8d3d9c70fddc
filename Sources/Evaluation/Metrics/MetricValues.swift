/// Values by what they are values of; what can't be said is missing.
///
/// They are encoded as one object with the keys' names.
public struct MetricValues<Value: Sendable>: Sendable {
    private var values: [MetricKey: Value] = [:]

    /// No values.
    public init() {}

    /// Values under the names of their keys, as files and the registry have them; names that this version
    /// doesn't know are left out.
    public init(byName values: [String: Value]) {
        for (name, value) in values {
            if let key = MetricKey(name: name) { self.values[key] = value }
        }
    }

    /// The value under a key.
    public subscript(key: MetricKey) -> Value? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The value of the session as a whole.
    public subscript(metric: Metric) -> Value? {
        get { self[MetricKey(metric)] }
        set { self[MetricKey(metric)] = newValue }
    }

    /// The value of one channel of behaviour.
    public subscript(metric: Metric, channel channel: String) -> Value? {
        get { self[MetricKey(metric, channel: channel)] }
        set { self[MetricKey(metric, channel: channel)] = newValue }
    }

    /// Whether nothing is known.
    public var isEmpty: Bool { values.isEmpty }

    /// In the order of their names.
    public var keys: [MetricKey] { values.keys.sorted { $0.name < $1.name } }

    /// The values under the names of their keys.
    public var byName: [String: Value] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.name, $1) })
    }
}

extension MetricValues: Equatable where Value: Equatable {}

extension MetricValues: Encodable where Value: Encodable {
    /// Encodes one object with the names of the keys.
    public func encode(to encoder: any Encoder) throws { try byName.encode(to: encoder) }
}

extension MetricValues: Decodable where Value: Decodable {
    /// Decodes what the object has under names that this version knows.
    public init(from decoder: any Decoder) throws {
        self.init(byName: try [String: Value](from: decoder))
    }
}

extension MetricValues where Value == MetricSummary {
    /// Median and quartiles over sessions; what no session has is missing.
    public init(over sessions: some Sequence<MetricValues<Double>>) {
        var all: [MetricKey: [Double]] = [:]
        for session in sessions {
            for (key, value) in session.values { all[key, default: []].append(value) }
        }
        values = all.compactMapValues { MetricSummary($0) }
    }
}
