import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../access/email-address.js';

export class PasswordChangeRequest {
  @ApiProperty({ example: 'correct horse battery staple' })
  @IsString()
  @MaxLength(4096)
  current_password: string;

  @ApiProperty({ example: 'eleven quiet lamps above the harbour', minLength: 15, maxLength: 4096 })
  @IsString()
  new_password: string;
}

export class PasswordResetRequest {
  @ApiProperty({ example: 'ada@example.com' })
  @IsEmailAddress()
  email: string;
}

export class PasswordResetConfirmation {
  @ApiProperty({ example: '4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6' })
  @IsString()
  @MaxLength(200)
  token: string;

  @ApiProperty({ example: 'eleven quiet lamps above the harbour', minLength: 15, maxLength: 4096 })
  @IsString()
  password: string;
}
