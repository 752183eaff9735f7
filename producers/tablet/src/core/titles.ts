/** What a person reads: Vietnamese first, English second. */

export interface Title {
  vi: string;
  en: string;
}

export type Language = "vi" | "en";

export const title = (vi: string, en: string): Title => ({ vi, en });
