-- A word on a reason of the town hall's own belongs to the case, not to a check of its drawing.
ALTER TABLE permit_word ALTER COLUMN check_seq DROP NOT NULL;
ALTER TABLE permit_word ADD CONSTRAINT permit_word_town_check CHECK ((check_seq IS NULL) = (rule = 'town_hall'));
