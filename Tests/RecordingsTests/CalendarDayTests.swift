import Testing

@testable import Recordings

struct CalendarDayTests {
    @Test func knownDays() throws {
        #expect(try #require(CalendarDay("1970-01-01")).number == 0)
        #expect(try #require(CalendarDay("2000-03-01")).number == 11_017)
        #expect(try #require(CalendarDay("2016-02-29")).advanced(by: 1).description == "2016-03-01")
        #expect(try #require(CalendarDay("2023-12-31")).advanced(by: 1).description == "2024-01-01")
        #expect(try #require(CalendarDay("1900-02-28")).advanced(by: 1).description == "1900-03-01")
        #expect(try #require(CalendarDay("2000-02-28")).advanced(by: 1).description == "2000-02-29")
        #expect(try #require(CalendarDay("2024-01-15")).advanced(by: 61).description == "2024-03-16")
    }

    @Test func everyDayOfFourCenturiesIsThereOnce() throws {
        var day = try #require(CalendarDay("1799-12-31"))
        var last = ""
        var mistakes = 0
        for _ in 0..<146_097 {
            day = day.advanced(by: 1)
            let text = day.description
            if text <= last || CalendarDay(text) != day { mistakes += 1 }
            last = text
        }
        #expect(mistakes == 0)
        #expect(last == "2199-12-31")
    }

    @Test(arguments: [
        "", "2024-1-15", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00",
        "24-01-15", "2024-01-15 ", "2024/01/15", "+024-01-15", "2024-01-1٥",
    ])
    func whatIsNoDay(text: String) { #expect(CalendarDay(text) == nil) }
}
