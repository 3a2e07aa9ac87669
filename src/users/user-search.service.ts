import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { User } from './user.entity.js';
import { UserNotFound } from './users.errors.js';

/** A person as operators see him. */
export type ListedUser = User;

/** What operators tell people apart by. */
export const USER_STATUSES = ['active', 'disabled'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

export interface UserFilter {
  /** Part of a name or address, in any case. */
  readonly q?: string;
  readonly status?: UserStatus;
}

/** All people of the deployment, for those who run it. */
@Injectable()
export class UserSearchService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /** Newest first, one page. @param page.before UUID after which it starts */
  list(
    { q, status }: UserFilter,
    page: { before: string | undefined; limit: number },
  ): Promise<User[]> {
    const query = this.users.createQueryBuilder('user');
    if (status !== undefined) {
      query.andWhere({ disabledAt: status === 'active' ? IsNull() : Not(IsNull()) });
    }
    if (q !== undefined) {
      query.andWhere(
        '(strpos(lower(user.name), lower(:q)) > 0 OR strpos(user.email, lower(:q)) > 0)',
        { q },
      );
    }
    if (page.before !== undefined) query.andWhere('user.id < :before', { before: page.before });
    return query.orderBy('user.id', 'DESC').take(page.limit).getMany();
  }

  /** @throws UserNotFound */
  async get(id: string): Promise<User> {
    const found = await this.users.findOneBy({ id });
    if (!found) throw new UserNotFound();
    return found;
  }
}
