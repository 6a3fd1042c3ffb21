"""Pictures of a stack: what they show as data, and the same data as a graph to be drawn.

`start_order` and `lookups` derive the data from a stack and its findings; nothing there knows how
it is drawn. `graphs` makes a graph of either, `layers` and `layout` place it.
"""
