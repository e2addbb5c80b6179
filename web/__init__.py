"""The pages: know-your-land for a person, mobile first, in Malayalam and English, whole without JavaScript.

In: answers from the layers below, as plain values.  Out: HTML, and the small modules and styles it needs.
"""
