/** How the organizations of a person are called; the organizations feature supplies it. */
export abstract class OrganizationNames {
  /** Of every living one that he belongs to, paused or not. @param userId UUID */
  abstract of(userId: string): Promise<readonly string[]>;
}
