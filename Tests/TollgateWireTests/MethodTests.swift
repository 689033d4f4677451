// The table of methods: numbers, roles and messages as the project agreed on them.

import Testing

@testable import TollgateWire

@Suite struct MethodTests {
  @Test func numbersNamesAndRoles() {
    let table = Method.table.map { row in
      "\(row.method.rawValue) \(row.name) \(row.kind)\(row.mutates ? " id" : "") "
        + [Role.worker, .billing, .auditor, .admin].filter { row.roles.contains($0) }.map { String($0.name.prefix(1)) }
        .joined()
    }
    #expect(
      table == [
        "1 serverInfo unary wbaa", "2 describe unary wbaa", "3 health unary wbaa", "4 healthWatch stream wbaa",
        "10 openAccount unary id ba", "11 setAccountState unary id ba", "12 grant unary id ba",
        "13 balance unary wbaa", "14 quote unary wbaa", "15 quoteBatch batch wbaa", "20 authorize unary id wba",
        "21 authorizeBatch batch id wba",
        "22 capture unary id wa", "23 captureBatch batch id wa", "24 void unary id wba", "25 extend unary id wa",
        "26 increase unary id wa", "27 charge unary id wba", "28 captureLate unary id wa", "29 refund unary id ba",
        "30 getHold unary wbaa", "31 listHolds unary wbaa", "32 entries unary baa",
      ])
  }

  @Test func onlyHealthIsForAnybody() {
    for row in Method.table {
      #expect(row.roles.contains(Role.none) == (row.method == .health || row.method == .healthWatch), "\(row.name)")
      #expect(!row.roles.contains(Role(rawValue: 77)))
    }
    #expect(Role(name: "worker") == .worker && Role(name: "none") == nil && Role(name: "root") == nil)
  }

  @Test func everyNumberFindsItsRow() {
    let names = Dictionary(uniqueKeysWithValues: Method.table.map { ($0.method.rawValue, $0.name) })
    let wrong = (0...UInt16.max).filter { Method(rawValue: $0).row?.name != names[$0] }
    #expect(wrong.isEmpty)
  }

  @Test func describeListsEveryMethodAndMessage() {
    let reply = DescribeReply.current
    #expect(reply.methods.map(\.name) == Method.table.map(\.name))
    let names = Set(reply.messages.map(\.name))
    for row in Method.table {
      #expect(names.contains(row.request.layout.name) && names.contains(row.reply.layout.name))
    }
    for layout in MessageLayout.all {
      for field in layout.fields {
        if case .list(let element) = field.type { #expect(names.contains(element), "\(layout.name).\(field.name)") }
      }
    }
  }
}
