import 'reflect-metadata';
import {
  Body,
  Controller,
  Get,
  Param,
  ParseIntPipe,
  Post,
  Query,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Direct, directHandlerBehind } from './direct.decorator.js';
import { directHandlerOf, type Surroundings } from './direct-handler.js';

const surroundings = {} as Surroundings;

class Never {
  canActivate(): boolean {
    return false;
  }
}

@Controller()
class Some {
  @Get()
  @Direct()
  plain(@Query() query: object): object {
    return query;
  }

  @Get()
  @UseGuards(Never)
  guarded(): string {
    return '';
  }

  @Get()
  @UseInterceptors(Never as never)
  intercepted(): string {
    return '';
  }

  @Get(':id')
  ofPath(@Param('id') id: string): string {
    return id;
  }

  @Post()
  ofOneField(@Body('name') name: string): string {
    return name;
  }

  @Get()
  piped(@Query(ParseIntPipe) query: object): object {
    return query;
  }

  @Post()
  bare(body: string): string {
    return body;
  }
}

@Controller()
@UseGuards(Never)
class Guarded {
  @Get()
  plain(): string {
    return '';
  }
}

describe('a direct handler', () => {
  it('is known by what it declares', () => {
    const { plain, guarded } = Object.getOwnPropertyDescriptors(Some.prototype);
    expect(directHandlerBehind(plain.value as object)).toBe(plain.value);
    expect(directHandlerBehind(guarded.value as object)).toBeUndefined();
    expect(directHandlerOf(new Some(), 'plain', surroundings)).toBeInstanceOf(Function);
  });

  it.each([
    ['guarded', 'is direct and has __guards__'],
    ['intercepted', 'is direct and has __interceptors__'],
    ['ofPath', 'takes its whole body, its whole query and no other input'],
    ['ofOneField', 'takes its whole body, its whole query and no other input'],
    ['piped', 'takes no pipes of its own'],
    ['bare', 'has a parameter without decorator'],
    ['missing', 'has no missing'],
  ])('has no decorator that nobody would heed: %s', (name, complaint) => {
    expect(() => directHandlerOf(new Some(), name, surroundings)).toThrow(complaint);
  });

  it('has none on its controller either', () => {
    expect(() => directHandlerOf(new Guarded(), 'plain', surroundings)).toThrow('__guards__');
  });
});
