-- What follows an earlier permit is charged by what was paid for it; where that is not recorded an officer sets the fee, and there is no drawing.
ALTER TABLE permit_fee_set ALTER COLUMN check_seq DROP NOT NULL;
