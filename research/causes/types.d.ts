/** Which mutation is made. */
declare const kind: string;
/** What the choice of the element follows from. */
declare const seed: number;
