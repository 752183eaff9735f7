import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fieldsOf, type Field, type Schema } from "../src/core/form";
import { read } from "../src/core/values";
import { UNIT } from "./made";

const CONTRACTS = new URL("../../../schemas/contracts/jsonschema/", import.meta.url);
const FAMILIES =
  /^(point|device|training|outreach|leaflet|media|smartphone|sim|card|account|contribution|support|household)\./;
const ROOTS = readdirSync(CONTRACTS).filter((name) => FAMILIES.test(name) && !/\.(corrected|voided)$/.test(name));

const dataOf = (type: string): Schema =>
  (JSON.parse(readFileSync(new URL(`${type}/1.json`, CONTRACTS), "utf8")) as { properties: { data: Schema } })
    .properties.data;

const field = (changed: Partial<Field>): Field => ({
  name: "x",
  kind: "text",
  title: { vi: "x", en: "x" },
  required: true,
  choices: [],
  ...changed,
});

describe("forms", () => {
  test("are made from the contracts of all 19 types, every field with a title and every choice with two", () => {
    expect(ROOTS).toHaveLength(19);
    for (const type of ROOTS) {
      const schema = dataOf(type);
      const fields = fieldsOf(schema);
      expect(fields.map((each) => each.name).sort()).toEqual(
        Object.keys(schema.properties ?? {})
          .filter((each) => each !== "organisation")
          .sort(),
      );
      for (const each of fields) {
        expect(each.title.vi).not.toBe("");
        if (each.kind === "choice") expect(each.choices.length).toBeGreaterThan(1);
      }
    }
  });

  test("know a choice, a yes or no, a number and a day", () => {
    const kinds = Object.fromEntries(fieldsOf(dataOf("point.connected")).map((each) => [each.name, each.kind]));
    expect(kinds).toMatchObject({ village: "village", service: "choice", funding: "choice", expires: "date" });
    expect(fieldsOf(dataOf("household.surveyed")).find((each) => each.name === "has_internet")?.kind).toBe("yesno");
    expect(fieldsOf(dataOf("contribution.received")).find((each) => each.name === "amount")).toMatchObject({
      kind: "number",
      minimum: 1,
    });
  });
});

describe("what is put into a field", () => {
  test("is needed where the contract needs it", () => {
    expect(read(field({}), " ", UNIT)).toHaveProperty("fault");
    expect(read(field({ required: false }), " ", UNIT)).toEqual({ value: undefined });
  });

  test("is a whole number within the contract's limits, dots between thousands or not", () => {
    const amount = field({ kind: "number", minimum: 1, maximum: 10 ** 12 });
    expect(read(amount, "6.000.000", UNIT)).toEqual({ value: 6_000_000 });
    for (const wrong of ["0", "-1", "1,5", "một"]) expect(read(amount, wrong, UNIT)).toHaveProperty("fault");
  });

  test("becomes a short code where one is asked for", () => {
    expect(read(field({ kind: "slug" }), "Quyết định 2541/QĐ-UBND", UNIT)).toEqual({
      value: "quyet-dinh-2541-qd-ubnd",
    });
  });

  test("names an attendee by household and member, or by a number", () => {
    const attendee = field({ kind: "attendee" });
    expect(read(attendee, "17", UNIT)).toEqual({ value: "17" });
    expect(read(attendee, "KKVS-R/2", UNIT)).toEqual({ value: "2025-07.24848-KKVS-R/2" });
    expect(read(attendee, "KKVS-S/2", UNIT)).toHaveProperty("fault");
  });
});
