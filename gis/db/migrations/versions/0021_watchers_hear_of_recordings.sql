-- The last recording of the place that was looked at for a wish: what came in later and touches the plot is told of, once.  A wish that is
-- watched already has none; the first look gives it one and tells nothing, for nobody can say what its watcher has seen.
ALTER TABLE plot_watch ADD COLUMN known TIMESTAMP WITH TIME ZONE;
GRANT UPDATE (known) ON plot_watch TO bhumika_service;
