// Loaded into a server before it starts (`node --import`): its clock is off by SHIFTED_MS. The one that
// only counts on (performance.now()) is right, as on a machine whose time was set wrong.
const shift = Number(process.env.SHIFTED_MS);
const RightDate = Date;

globalThis.Date = class Date extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + shift);
    else super(...given);
  }

  static now() {
    return RightDate.now() + shift;
  }
};
