import { describe, expect, test } from "vitest";
import { banner, type Situation } from "../src/core/banner";
import { rfc3339 } from "../src/core/clock";
import { checkCharacter, householdCode, partCode, POINT_PART, spoken } from "../src/core/codes";
import { uuid7 } from "../src/core/uuid7";
import { NOW, UNIT } from "./made";

describe("codes", () => {
  test("of households are read as people type and scan them", () => {
    const whole = `2025-07.24848-K7M2-${checkCharacter("K7M2")}`;
    for (const typed of [
      `k7m2${checkCharacter("K7M2")}`,
      ` K7M2-${checkCharacter("K7M2")} `,
      whole,
      `household/${whole}`,
    ]) {
      expect(householdCode(typed, UNIT)).toEqual({ code: whole });
    }
  });

  test("have the check characters of the contract's golden examples", () => {
    for (const code of ["0X9G-V", "00CH-H", "08S9-5", "2BA0-Y", "KKVS-R"]) {
      expect(checkCharacter(code.slice(0, 4))).toBe(code.slice(5));
    }
  });

  test("with one wrong character, or of another unit, are refused", () => {
    expect(householdCode("KKVS-S", UNIT)).toEqual({ fault: "check" });
    expect(householdCode("2025-07.24846-KKVS-R", UNIT)).toEqual({ fault: "unit" });
    expect(householdCode("Y Nhu", UNIT)).toEqual({ fault: "form" });
  });

  test("of points and sessions have their place put before them", () => {
    expect(partCode("p1", UNIT, POINT_PART)).toEqual({ code: "2025-07.24848-P1" });
    expect(partCode("2025-07.24848-P1", UNIT, POINT_PART)).toEqual({ code: "2025-07.24848-P1" });
    expect(partCode("two words!", UNIT, POINT_PART)).toEqual({ fault: "form" });
  });

  test("are shown as people say them", () => {
    expect(["2025-07.24848-KKVS-R", "2025-07.24848-P1", "2025-07.24848-TH0126"].map(spoken)).toEqual([
      "KKVS-R",
      "P1",
      "TH0126",
    ]);
  });
});

test("an id is a UUIDv7 of its time", () => {
  const id = uuid7(NOW, new Uint8Array(10).fill(255));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(NOW);
});

test("times are written with the place's offset", () => {
  expect(rfc3339(NOW, 420)).toBe("2026-03-01T08:12:04+07:00");
  expect(rfc3339(NOW, -210)).toBe("2026-02-28T21:42:04-03:30");
});

describe("the banner", () => {
  const calm: Situation = {
    link: "online",
    contact: NOW,
    counted: null,
    skew: 0,
    refusal: null,
    waiting: 0,
    sent: 0,
    rejected: 0,
    revoked: false,
    low: false,
  };

  test("says since when there is no network, and how many events wait", () => {
    const said = banner({ ...calm, link: "offline", waiting: 20 });
    expect(said.tone).toBe("waiting");
    expect(said.head.vi).toContain("Ngoại tuyến từ");
    expect(said.lines.map((each) => each.vi)).toContain("20 sự kiện chờ gửi");
  });

  test("is calm only when all is counted", () => {
    expect(banner(calm).tone).toBe("good");
    expect(banner({ ...calm, sent: 1 }).tone).toBe("waiting");
    expect(banner({ ...calm, revoked: true }).tone).toBe("bad");
  });

  test("warns of a clock that is years off, in years", () => {
    const skew = 3 * 365.25 * 86_400_000;
    expect(banner({ ...calm, skew }).warnings[0]?.vi).toContain("nhanh 3 năm");
    expect(banner({ ...calm, skew: -skew }).warnings[0]?.en).toContain("3 years behind");
    expect(banner({ ...calm, skew: 60_000 }).warnings).toEqual([]);
  });
});
