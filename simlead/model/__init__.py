"""The model: parameters, rules, random draws and events; imports no other part of simlead."""
