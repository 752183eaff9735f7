/** The last choices, so that nothing is chosen twice: by name of the field. */

import { note, setNote } from "../edge/database";
import { whenFull } from "../edge/storage";

export type Choices = Record<string, string>;

export const lastChoices = (): Promise<Choices> => note<Choices>("choices", {});

export const remember = async (chosen: Choices): Promise<void> => {
  await setNote("choices", { ...(await lastChoices()), ...chosen }).catch(whenFull(""));
};
